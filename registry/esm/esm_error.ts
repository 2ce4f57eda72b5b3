import { AirlockError } from "../../spec/errors.ts";

/** Why an esm package could not be had: stable, in `details.reason`. */
export type EsmFailure =
  | "aborted"
  | "bad_content"
  | "bad_version"
  | "forbidden_import"
  | "forbidden_redirect"
  | "limit"
  | "lock_mismatch"
  | "not_found"
  | "origin_failed"
  | "refused"
  | "timeout";

/** How messages begin, by stage. */
export const STEP_NAMES = { resolve: "Resolve", fetch: "Fetch" } as const;

/** What an {@linkcode esmError} tells beside its message. */
export interface EsmErrorOptions {
  readonly stage: "resolve" | "fetch";
  readonly suggestion?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An `artifact_failed` with its reason as data, so that nobody needs to read the message. */
export function esmError(
  failure: { readonly reason: EsmFailure; readonly message: string },
  options: EsmErrorOptions,
): AirlockError {
  return new AirlockError("artifact_failed", failure.message, {
    ...options,
    details: { step: options.stage, reason: failure.reason, ...options.details },
  });
}

/** The error for work stopped by `signal`: the reason itself where it is already one of ours. */
export function abortError(
  signal: AbortSignal,
  options: { readonly stage: "resolve" | "fetch"; readonly what: string },
): AirlockError {
  if (signal.reason instanceof AirlockError) return signal.reason;
  return esmError(
    {
      reason: "aborted",
      message: `${STEP_NAMES[options.stage]} ${options.what}: stopped by the caller`,
    },
    { stage: options.stage, retryable: true, cause: signal.reason },
  );
}

/** Remote text made fit for a message: bounded, without control characters. */
export function quoted(text: string, maxCharacters = 200): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\uFFFD");
  return JSON.stringify(
    clean.length > maxCharacters ? `${clean.slice(0, maxCharacters)}…` : clean,
  );
}
