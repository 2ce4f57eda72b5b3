import { type AirlockError, ERROR_TABLE, type ErrorCode, type Stage } from "../spec/errors.ts";

/** The body of every answer that is not a success: RFC 9457 members beside the executor contract's. */
export interface FailureBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly success: false;
  readonly error: string;
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly suggestion?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly executionTimeMs: number;
  readonly requestId: string;
}

/** What is known about a failure, wherever it comes from. */
export interface Failure {
  readonly error: string;
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly suggestion?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** As the code's row says where absent. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly executionTimeMs: number;
}

/** Options of {@linkcode failureBody}. */
export interface FailureBodyOptions {
  readonly requestId: string;
  /** Instead of the status of the code's row: for 404, 405 and 415 of HTTP itself. */
  readonly status?: number;
}

/** Arranges a failure for callers. */
export function failureBody(failure: Failure, options: FailureBodyOptions): FailureBody {
  const words = failure.code.replaceAll("_", " ");
  return {
    type: `urn:airlock:error:${failure.code}`,
    title: words[0]!.toUpperCase() + words.slice(1),
    status: options.status ?? ERROR_TABLE[failure.code].httpStatus,
    detail: failure.error,
    success: false,
    error: failure.error,
    code: failure.code,
    stage: failure.stage,
    suggestion: failure.suggestion,
    details: failure.details && Object.keys(failure.details).length > 0
      ? failure.details
      : undefined,
    retryable: failure.retryable ?? ERROR_TABLE[failure.code].retryable,
    retryAfterMs: failure.retryAfterMs,
    executionTimeMs: failure.executionTimeMs,
    requestId: options.requestId,
  };
}

/** The failure that an error stands for. `cause` and stack stay behind. */
export function failureOf(error: AirlockError, executionTimeMs: number): Failure {
  return {
    error: error.message,
    code: error.code,
    stage: error.stage ?? "request",
    suggestion: error.suggestion,
    details: error.details,
    retryable: error.retryable,
    retryAfterMs: error.retryAfterMs,
    executionTimeMs,
  };
}
