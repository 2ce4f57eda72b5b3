import { AirlockError } from "../../spec/errors.ts";

/** What {@linkcode syncError} adds to its message. */
export interface SyncErrorOptions {
  /** Whether the other side is in trouble, rather than what it holds. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly suggestion?: string;
  readonly cause?: unknown;
}

/** Something that a registry answered, or did not. The message holds no address. */
export function syncError(message: string, options: SyncErrorOptions): AirlockError {
  const suggestion = options.retryable
    ? "Try again later; the other side is busy, or cannot be reached."
    : "Check that the configured address is that of what it is configured for.";
  return new AirlockError("upstream_failed", `sync: ${message}`, {
    stage: "fetch",
    suggestion,
    ...options,
  });
}

/** Whether the other side is in trouble: what it holds may be right. */
export function isTrouble(error: unknown): boolean {
  return error instanceof AirlockError && error.retryable;
}
