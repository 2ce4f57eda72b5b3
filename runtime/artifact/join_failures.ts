import { AirlockError } from "../../spec/errors.ts";
import type { SourceKind } from "../../spec/tool.ts";
import { isNotFound } from "./failure_kind.ts";

/** What one source failed with. */
export interface SourceFailure {
  readonly source: SourceKind;
  readonly error: AirlockError;
}

/** One failure as it is; several with every reason, since any may be the one to fix. */
export function joinFailures(
  first: SourceFailure,
  ...others: readonly SourceFailure[]
): AirlockError {
  if (others.length === 0) return first.error;
  const all = [first, ...others];
  const reasons = all.map(({ source, error }) => `${source}: ${error.message}`);
  const isMissing = all.every(({ error }) => isNotFound(error));
  return new AirlockError("artifact_failed", `Preparing the package: ${reasons.join("; ")}`, {
    stage: first.error.stage,
    suggestion: first.error.suggestion,
    retryable: all.some(({ error }) => error.retryable),
    details: {
      ...(isMissing ? { reason: "not_found" } : {}),
      failures: all.map(({ source, error: { code, stage, details } }) => ({
        source,
        code,
        stage,
        details,
      })),
    },
    cause: new AggregateError(all.map(({ error }) => error)),
  });
}
