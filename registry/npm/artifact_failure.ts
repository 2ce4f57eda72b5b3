import { AirlockError, type Stage } from "../../spec/errors.ts";

/** The part of resolving or fetching an npm package that failed; stands in `details.step`. */
export type NpmStep =
  | "packument"
  | "version"
  | "tarball"
  | "integrity"
  | "archive"
  | "install"
  | "lock"
  | "entry";

/** What {@linkcode artifactFailure} adds to its message. */
export interface ArtifactFailureOptions {
  readonly suggestion: string;
  /** `fetch` unless stated. */
  readonly stage?: Stage;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * An `artifact_failed` error whose `details.step` is `step`. The message is shown to callers: no
 * token, no URL with a secret and no host path may stand in it.
 */
export function artifactFailure(
  step: NpmStep,
  message: string,
  options: ArtifactFailureOptions,
): AirlockError {
  return new AirlockError("artifact_failed", message, {
    stage: options.stage ?? "fetch",
    suggestion: options.suggestion,
    details: { ...options.details, step },
    retryable: options.retryable,
    cause: options.cause,
  });
}
