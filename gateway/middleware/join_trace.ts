import { type Span, trace } from "@opentelemetry/api";
import type { Context, MiddlewareHandler, Next } from "hono";
import { routePath } from "hono/route";
import type { GatewayEnv } from "../gateway_env.ts";

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** Options of {@linkcode joinTrace}. */
export interface JoinTraceOptions {
  /** Whether the process exports spans (`OTEL_DENO`). Deno then opens one span per request itself. */
  readonly exporting: boolean;
}

/**
 * Takes part in W3C traces: reads `traceparent`, keeps the trace id for the access log, and answers
 * with a `traceparent` that names this hop. Opens no span of its own; names Deno's after the route.
 */
export function joinTrace(options: JoinTraceOptions): MiddlewareHandler<GatewayEnv> {
  return function join(context, next) {
    const span = options.exporting ? trace.getActiveSpan() : undefined;
    const incoming = TRACEPARENT.exec(context.req.header("traceparent") ?? "");
    if (span === undefined && incoming === null) return next();
    return joinIn(context, next, { span, incoming });
  };
}

async function joinIn(
  context: Context<GatewayEnv>,
  next: Next,
  { span, incoming }: { readonly span?: Span; readonly incoming: RegExpExecArray | null },
): Promise<void> {
  const spanContext = span?.spanContext();
  const traceId = spanContext?.traceId ?? incoming?.[1];
  context.set("traceId", traceId);
  await next();
  if (span !== undefined) nameSpan(span, context.req.method, routePath(context, -1));
  const spanId = spanContext?.spanId ?? newSpanId();
  const flags = spanContext?.traceFlags.toString(16).padStart(2, "0") ?? incoming?.[2];
  context.res.headers.set("traceparent", `00-${traceId}-${spanId}-${flags}`);
}

function nameSpan(span: Span, method: string, route: string): void {
  span.updateName(`${method} ${route}`);
  span.setAttribute("http.route", route);
}

function newSpanId(): string {
  return crypto.getRandomValues(new Uint8Array(8)).toHex();
}
