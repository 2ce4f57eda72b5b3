import { AirlockError } from "../../spec/errors.ts";

/** Whether a source said that there is no such package or version. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof AirlockError)) return false;
  if (error.code === "tool_not_found") return true;
  if (error.code !== "artifact_failed" || error.stage !== "resolve") return false;
  const { reason, status, step, minAgeMs } = error.details;
  if (reason === "not_found" || status === 404) return true;
  return (step === "version" || step === "packument") && minAgeMs === undefined;
}

/** What of a fetch may fail for want of a form that another source has. */
const FORM_STEPS: ReadonlySet<unknown> = new Set(["install", "entry"]);

/**
 * Whether another source may be asked after this failure. Only after one that is definite and of
 * the package's form: a registry that is down, that asks for a token, that serves changed or hostile
 * bytes, or whose version is too young must not send anybody to code of the same name elsewhere.
 */
export function mayFallBack(error: unknown): boolean {
  if (!(error instanceof AirlockError)) return false;
  if (isNotFound(error)) return true;
  if (error.code !== "artifact_failed" || error.retryable) return false;
  if (error.stage === "build" || error.stage === "probe") return true;
  const { reason, status, step, minAgeMs } = error.details;
  if (status !== undefined || minAgeMs !== undefined || reason === "lock_mismatch") return false;
  return error.stage === "fetch" && FORM_STEPS.has(step);
}
