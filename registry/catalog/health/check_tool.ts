import type { Describer } from "../../../spec/description.ts";
import { AirlockError, type ErrorCode } from "../../../spec/errors.ts";
import type { ExecutionResult, Executor } from "../../../spec/execution.ts";
import type { DueTool } from "./claim_due.ts";
import type { CheckOutcome } from "./record_check.ts";

/** What tools are tried with: the same way that every call takes. */
export interface CheckTools {
  readonly executor: Executor;
  readonly describer: Pick<Describer, "describe">;
}

/** The account that tools of public registries are tried for. */
export const HEALTH_TENANT = "health";

/** Failures that say something of the tool; all others are ours, or of the moment. */
const OF_THE_TOOL: ReadonlySet<ErrorCode> = new Set([
  "tool_error",
  "tool_not_found",
  "invalid_input",
  "artifact_failed",
  "no_runtime",
  "resource_limit",
  "sandbox_crashed",
  "deadline_exceeded",
]);

/**
 * Tries a tool: calls it with what its package gives for that, with no permission beyond the defaults,
 * or looks whether its code loads. `undefined` where that says nothing of the tool.
 */
export async function checkTool(
  tool: DueTool,
  tools: CheckTools,
  { signal }: { readonly signal: AbortSignal },
): Promise<CheckOutcome | undefined> {
  const startedMs = performance.now();
  const { packageName, version, source, name, params, ownerId } = tool;
  const who = { tenant: ownerId ?? HEALTH_TENANT, requestId: crypto.randomUUID(), signal };
  const elapsedMs = () => performance.now() - startedMs;
  if (params === undefined) {
    return await load(tool, { tools, who, elapsedMs });
  }
  const request = { packageName, version, source, name, params, env: {}, cache: false };
  const result = await tools.executor.execute(request, who);
  if (signal.aborted || isExcused(result)) return undefined;
  return {
    kind: "call",
    ok: result.success,
    code: result.success ? null : result.code,
    message: result.success ? null : result.error,
    durationMs: elapsedMs(),
  };
}

/** What was refused to it, because nobody granted it, is no fault of the tool. */
function isExcused(result: ExecutionResult): boolean {
  if (result.success) return false;
  if (!OF_THE_TOOL.has(result.code)) return true;
  return result.meta.egress.some(({ outcome }) => outcome === "refused");
}

async function load(
  { packageName, version, source, name }: DueTool,
  { tools, who, elapsedMs }: {
    readonly tools: CheckTools;
    readonly who: Parameters<Describer["describe"]>[1];
    readonly elapsedMs: () => number;
  },
): Promise<CheckOutcome | undefined> {
  try {
    const { manifest } = await tools.describer.describe({ packageName, version, source }, who);
    const ok = manifest.tools.some((tool) => tool.name === name);
    return {
      ...{ kind: "load", ok, durationMs: elapsedMs() },
      code: ok ? null : "tool_not_found",
      message: ok ? null : "load tool: its code does not have it",
    };
  } catch (error) {
    if (who.signal.aborted || !(error instanceof AirlockError)) return undefined;
    if (!OF_THE_TOOL.has(error.code) || error.retryable) return undefined;
    const { code, message } = error;
    return { kind: "load", ok: false, code, message, durationMs: elapsedMs() };
  }
}
