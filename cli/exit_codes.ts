import type { ErrorCode } from "../spec/errors.ts";

/** What the exit code of `airlock` means: a contract for scripts. */
export const EXIT = {
  ok: 0,
  /** The tool itself failed. */
  toolFailed: 1,
  /** The command line, the input or the configuration is wrong. */
  usage: 2,
  /** Refused: a permission, a limit, a deadline, or no capacity. */
  refused: 3,
  /** The package could not be fetched, built or run by any runtime. */
  notPrepared: 4,
  /** Airlock or a sandbox failed. */
  internal: 5,
  interrupted: 130,
} as const;

/** One of {@linkcode EXIT}. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

const EXIT_OF: Readonly<Record<ErrorCode, ExitCode>> = {
  tool_error: EXIT.toolFailed,
  invalid_input: EXIT.usage,
  tool_not_found: EXIT.usage,
  not_found: EXIT.usage,
  payload_too_large: EXIT.usage,
  conflict: EXIT.refused,
  quarantined: EXIT.refused,
  precondition_failed: EXIT.refused,
  unauthenticated: EXIT.refused,
  permission_denied: EXIT.refused,
  sign_in_required: EXIT.refused,
  resource_limit: EXIT.refused,
  rate_limited: EXIT.refused,
  pool_exhausted: EXIT.refused,
  shutting_down: EXIT.refused,
  deadline_exceeded: EXIT.refused,
  artifact_failed: EXIT.notPrepared,
  no_runtime: EXIT.notPrepared,
  upstream_failed: EXIT.notPrepared,
  sandbox_crashed: EXIT.internal,
  bridge_disconnected: EXIT.internal,
  internal: EXIT.internal,
};

/** The exit code that stands for an error code. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return EXIT_OF[code];
}
