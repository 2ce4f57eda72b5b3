import type { MiddlewareHandler } from "hono";
import type { AccessLog } from "../access_log.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { routePattern } from "../route_pattern.ts";

/** Where finished requests are noted. */
export interface AccessLogOptions {
  /** Absent where nobody wants a line. */
  readonly access?: AccessLog;
  /** Counts answers; `route` is a pattern, never a path. */
  readonly onAnswer: (answer: { route: string; method: string; status: number }) => void;
}

/** Notes each finished request: route, status, time and ids. */
export function writeAccessLog(options: AccessLogOptions): MiddlewareHandler<GatewayEnv> {
  const { access, onAnswer } = options;
  return async function log(context, next) {
    await next();
    const route = routePattern(context) ?? "/*";
    const { method } = context.req;
    const { status } = context.res;
    onAnswer({ route, method, status });
    access?.({
      method,
      route,
      status,
      durationMs: Math.round((performance.now() - context.get("startedAtMs")) * 100) / 100,
      requestId: context.get("requestId"),
      tenant: context.get("tenant"),
      traceId: context.get("traceId"),
      code: context.get("errorCode"),
    });
  };
}
