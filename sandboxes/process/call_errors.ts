import { AirlockError, type Stage } from "../../spec/errors.ts";
import type { Limits } from "../../spec/limits.ts";
import type { SandboxExit } from "../../spec/sandbox.ts";
import { hidePaths, type ShownPath } from "./hide_paths.ts";
import type { CallFailure, EgressFailure, ThrownValue } from "../protocol/messages.ts";

/** Deno's own refusals carry this error name. */
const REFUSED_BY_RUNTIME = "NotCapable";

/** What is known of a failure beside what the guest says. */
interface FailureContext {
  /** The last request that was refused: often why the tool then failed. */
  readonly refused: EgressFailure | null;
  /** Directories of the host that must not be told. */
  readonly paths: readonly ShownPath[];
}

/** The error for a failure that the guest reported. */
export function failureError(
  failure: CallFailure,
  context: FailureContext & { readonly toolName: string; readonly limits: Limits },
): AirlockError {
  switch (failure.kind) {
    case "threw":
      return thrownError(failure.thrown, { ...context, stage: "execute" });
    case "not-found":
      return notFound(context.toolName, failure.available);
    case "invalid-input": {
      const list = failure.issues.map((issue) => `${issue.path || "params"}: ${issue.message}`);
      return new AirlockError("invalid_input", `Checking the parameters: ${list.join("; ")}`, {
        stage: "execute",
        suggestion: "Send params that match the tool's input schema; POST /describe-tool shows it",
        details: { issues: failure.issues },
      });
    }
    case "not-encodable":
      return new AirlockError(
        "tool_error",
        `Encoding the result: ${failure.reason} at ${failure.path}`,
        {
          stage: "encode",
          suggestion: "Return plain data: objects, arrays, strings, numbers, dates, maps, bytes",
          details: { path: failure.path, reason: failure.reason },
        },
      );
    case "output-too-large":
      return outputTooLarge(failure.limitBytes);
    case "out-of-memory":
      return outOfMemory("its engine has no more", { limits: context.limits, stage: "execute" });
    case "overdue":
      return deadlineExceeded(context.limits.timeoutMs, "execute");
    case "lacking":
      return new AirlockError(
        "no_runtime",
        `Running the tool: it uses ${failure.what}, which this runtime has not`,
        {
          stage: "execute",
          suggestion: "Leave out runtime, to let the gateway choose; deno has it, if any does",
          details: { by: "lacking", lacking: failure.what },
        },
      );
    case "engine":
      return new AirlockError(
        "sandbox_crashed",
        `Running the tool: its engine gave up, ${failure.reason}`,
        { stage: "execute", retryable: false, details: { by: "engine" } },
      );
  }
}

/** The error for something a tool threw, while loading or while running. */
export function thrownError(
  thrown: ThrownValue,
  { stage, refused, paths }: FailureContext & { readonly stage: Stage },
): AirlockError {
  const { name, message, stack } = hidePaths(thrown, paths);
  const suggestion = refused?.suggestion ??
    (name === REFUSED_BY_RUNTIME
      ? "Only permissions.netDirect (raw sockets) and permissions.fs (a private directory) open " +
        "more to a sandbox than permissions.net; see Permissions in the README"
      : undefined);
  return new AirlockError("tool_error", message || name, {
    stage,
    suggestion,
    details: { name, ...(stack === undefined ? {} : { stack }) },
  });
}

/** The tool's result does not fit. */
export function outputTooLarge(limitBytes: number): AirlockError {
  return new AirlockError(
    "resource_limit",
    `Encoding the result: more than ${limitBytes} bytes`,
    {
      stage: "encode",
      suggestion: "Return less, or ask for a higher limits.outputBytes",
      details: { limit: "outputBytes", allowed: limitBytes },
    },
  );
}

/** The call wanted more memory than it may have. */
function outOfMemory(
  detail: string,
  { limits, stage }: { readonly limits: Limits; readonly stage: Stage },
): AirlockError {
  return new AirlockError("resource_limit", `Running the tool: out of memory, ${detail}`, {
    stage,
    suggestion: "Ask for a higher limits.memoryBytes, or give the tool less to do",
    details: { limit: "memoryBytes", allowed: limits.memoryBytes },
  });
}

/** The call ran out of time. */
export function deadlineExceeded(timeoutMs: number, stage: Stage): AirlockError {
  return new AirlockError(
    "deadline_exceeded",
    `Running the tool: no result after ${timeoutMs} ms`,
    {
      stage,
      suggestion: "Ask for a higher limits.timeoutMs, or give the tool less to do",
      details: { limit: "timeoutMs", allowed: timeoutMs },
    },
  );
}

/** The error for asking something of a sandbox that cannot do it, or no longer: nothing was run. */
export function notUsable(state: string, stage: Stage): AirlockError {
  return new AirlockError("sandbox_crashed", `Using a sandbox: ${state}`, {
    stage,
    suggestion: "Send the same request again",
  });
}

/** The error for a call whose sandbox ended on account of another call in it, as far as is known. */
export function lostError({ detail }: SandboxExit, stage: Stage): AirlockError {
  return new AirlockError(
    "sandbox_crashed",
    `Running the tool: its sandbox was ended, ${detail}`,
    { stage, suggestion: "Send the same request again", details: { by: "neighbour" } },
  );
}

/** The error for a sandbox that ended under a call that was alone in it. */
export function exitError(
  exit: SandboxExit,
  { limits, stage }: { limits: Limits; stage: Stage },
): AirlockError {
  switch (exit.reason) {
    case "memory":
      return outOfMemory(exit.detail, { limits, stage });
    case "exited":
      return new AirlockError(
        "sandbox_crashed",
        `Running the tool: it ended its own process, ${exit.detail}`,
        { stage, retryable: false },
      );
    case "protocol":
      return new AirlockError("sandbox_crashed", `Running the tool: ${exit.detail}`, {
        stage,
        retryable: false,
      });
    case "deadline":
    case "requested":
      // Whoever ran out of time or gave up was told so: this is about the others.
      return lostError(exit, stage);
    case "crashed":
      return new AirlockError("sandbox_crashed", `Running the tool: ${exit.detail}`, {
        stage,
        suggestion: "Send the same request again; if it happens again, the tool crashes its engine",
      });
  }
}

/** Names that a message lists; `details` has more. */
const MAX_LISTED = 40;

function notFound(toolName: string, available: readonly string[]): AirlockError {
  const listed = available.slice(0, MAX_LISTED).join(", ");
  const rest = available.length > MAX_LISTED ? ", and more" : "";
  return new AirlockError(
    "tool_not_found",
    `Finding the tool ${toolName}: the package has ${listed || "none"}${rest}`,
    { stage: "execute", suggestion: otherName(available), details: { available } },
  );
}

function otherName(available: readonly string[]): string {
  if (available.length === 1) return `Use ${available[0]} as name`;
  if (available.length === 0) return "POST /describe-tool shows what the package exports";
  return "Use one of these as name; POST /describe-tool lists every tool";
}
