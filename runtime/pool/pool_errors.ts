import { AirlockError } from "../../spec/errors.ts";

/** The pool has no place and no room to wait, or the wait took too long. */
export function poolExhausted(
  state: string,
  options: {
    readonly waiting: number;
    readonly maxSandboxes: number;
    readonly retryAfterMs: number;
  },
): AirlockError {
  const { retryAfterMs, ...details } = options;
  return new AirlockError("pool_exhausted", `Getting a sandbox: ${state}`, {
    stage: "acquire",
    suggestion: "Send the call again after the time in Retry-After, or raise AIRLOCK_MAX_SANDBOXES",
    details,
    retryAfterMs,
  });
}

/** The pool takes no more calls, or ended this one when the grace time was over. */
export function shuttingDown(state: string, cause?: unknown): AirlockError {
  return new AirlockError("shutting_down", `Getting a sandbox: ${state}`, {
    stage: "acquire",
    suggestion: "Send the call again: another gateway, or this one once restarted, will take it",
    retryAfterMs: 1_000,
    cause,
  });
}

/** Sandboxes of this class failed to start several times in a row and are left alone for a while. */
export function startsPaused(retryAfterMs: number): AirlockError {
  return new AirlockError("sandbox_crashed", "Starting a sandbox: paused after repeated failures", {
    stage: "acquire",
    suggestion: "Send the call again after the time in Retry-After; see the gateway's log for why",
    retryAfterMs: Math.ceil(retryAfterMs),
  });
}

/** What a failed start looks like to the call that needed it. */
export function startFailed(cause: unknown): AirlockError {
  if (cause instanceof AirlockError) return cause;
  return new AirlockError(
    "sandbox_crashed",
    "Starting a sandbox: the process could not be started",
    {
      stage: "acquire",
      suggestion: "Send the call again; see the gateway's log if it happens again",
      cause,
    },
  );
}
