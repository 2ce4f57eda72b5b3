import { AirlockError } from "../../../spec/errors.ts";

/** Why a build was refused, in words that stay the same. */
export type BuildRefusal =
  | "outside"
  | "special_file"
  | "too_large"
  | "forbidden_import"
  | "missing_package"
  | "native_addon"
  | "unreadable_code"
  | "bundle_failed"
  | "memory"
  | "process_died";

/**
 * The error of a build that cannot succeed: `artifact_failed` at stage `build`, with the reason in
 * `details.reason`. `state` names paths relative to the package only.
 */
export function buildError(
  reason: BuildRefusal,
  state: string,
  options: {
    readonly suggestion: string;
    readonly details?: Readonly<Record<string, unknown>>;
    readonly cause?: unknown;
  },
): AirlockError {
  return new AirlockError("artifact_failed", `Build the package: ${state}`, {
    stage: "build",
    suggestion: options.suggestion,
    details: { reason, ...options.details },
    cause: options.cause,
  });
}
