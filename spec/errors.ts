/** How one error code looks to HTTP callers, to MCP clients and to retry logic. */
export interface ErrorRow {
  readonly httpStatus: number;
  /** JSON-RPC error code for MCP; `null` where MCP answers with `isError: true` instead. */
  readonly mcpCode: number | null;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
}

/** Every error code, once. Codes are a public contract: add, never rename. */
export const ERROR_TABLE = {
  invalid_input: { httpStatus: 400, mcpCode: -32602, retryable: false },
  unauthenticated: { httpStatus: 401, mcpCode: -32001, retryable: false },
  permission_denied: { httpStatus: 403, mcpCode: -32002, retryable: false },
  sign_in_required: { httpStatus: 403, mcpCode: -32016, retryable: false },
  tool_not_found: { httpStatus: 404, mcpCode: -32602, retryable: false },
  not_found: { httpStatus: 404, mcpCode: -32602, retryable: false },
  conflict: { httpStatus: 409, mcpCode: -32013, retryable: false },
  quarantined: { httpStatus: 409, mcpCode: -32015, retryable: false },
  precondition_failed: { httpStatus: 412, mcpCode: -32014, retryable: false },
  payload_too_large: { httpStatus: 413, mcpCode: -32600, retryable: false },
  no_runtime: { httpStatus: 422, mcpCode: -32003, retryable: false },
  resource_limit: { httpStatus: 422, mcpCode: -32004, retryable: false },
  rate_limited: { httpStatus: 429, mcpCode: -32005, retryable: true },
  internal: { httpStatus: 500, mcpCode: -32603, retryable: true },
  sandbox_crashed: { httpStatus: 500, mcpCode: -32006, retryable: true },
  artifact_failed: { httpStatus: 502, mcpCode: -32007, retryable: false },
  upstream_failed: { httpStatus: 502, mcpCode: -32008, retryable: true },
  bridge_disconnected: { httpStatus: 503, mcpCode: -32009, retryable: true },
  pool_exhausted: { httpStatus: 503, mcpCode: -32010, retryable: true },
  shutting_down: { httpStatus: 503, mcpCode: -32011, retryable: true },
  deadline_exceeded: { httpStatus: 504, mcpCode: -32012, retryable: true },
  tool_error: { httpStatus: 200, mcpCode: null, retryable: false },
} as const satisfies Record<string, ErrorRow>;

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** The step of a call at which it failed. */
export type Stage =
  | "request"
  | "resolve"
  | "fetch"
  | "build"
  | "probe"
  | "store"
  | "select"
  | "acquire"
  | "load"
  | "execute"
  | "encode";

/** What an {@linkcode AirlockError} carries beside its code and message. */
export interface AirlockErrorOptions {
  readonly stage?: Stage;
  /** What the reader can do next: one sentence. */
  readonly suggestion?: string;
  /** Machine-readable facts, safe to show to the caller: never a secret, never a host path. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Overrides the table's `retryable` where this occurrence differs. */
  readonly retryable?: boolean;
  /** How long to wait before the same request is worth sending again. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * The root of every error that Airlock raises on purpose. `message` is written for the person who
 * called: *action: state*, without a full stop. `cause` is for logs only.
 */
export class AirlockError extends Error {
  override readonly name = "AirlockError";
  readonly code: ErrorCode;
  readonly stage: Stage | undefined;
  readonly suggestion: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AirlockErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.stage = options.stage;
    this.suggestion = options.suggestion;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? ERROR_TABLE[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The HTTP status of this error's code. */
  get httpStatus(): number {
    return ERROR_TABLE[this.code].httpStatus;
  }
}
