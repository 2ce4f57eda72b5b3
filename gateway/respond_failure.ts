import type { Context } from "hono";
import type { ExecutionMeta } from "../spec/execution.ts";
import { type Failure, type FailureBody, failureBody } from "./failure_body.ts";
import type { GatewayEnv } from "./gateway_env.ts";

/** Options of {@linkcode respondFailure}. */
export interface RespondFailureOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Present where a call got as far as an executor. */
  readonly meta?: ExecutionMeta;
}

/** Wait that is suggested where a retryable refusal does not say how long. */
const DEFAULT_RETRY_MS = 1_000;

/** Answers with a failure: status from the table, `Retry-After` where waiting helps. */
export function respondFailure(
  context: Context<GatewayEnv>,
  failure: Failure,
  options: RespondFailureOptions = {},
): Response {
  const body = failureBody(failure, {
    requestId: context.get("requestId"),
    status: options.status,
  });
  context.set("errorCode", failure.code);
  const headers: Record<string, string> = {
    "content-type": body.status === 200 ? "application/json" : "application/problem+json",
    ...options.headers,
  };
  const waitMs = failure.retryAfterMs ?? defaultWaitMs(body);
  if (waitMs !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(waitMs / 1000)));
  const text = JSON.stringify(options.meta ? { ...body, meta: options.meta } : body);
  return new Response(text, { status: body.status, headers });
}

function defaultWaitMs({ status, retryable }: FailureBody): number | undefined {
  const busy = status === 429 || status === 503;
  return busy && retryable ? DEFAULT_RETRY_MS : undefined;
}
