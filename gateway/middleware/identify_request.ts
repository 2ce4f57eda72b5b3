import type { MiddlewareHandler } from "hono";
import { ANONYMOUS_TENANT } from "../../spec/account.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/**
 * Gives every request an id: the caller's `x-request-id` where it is well-formed, else a new one. The
 * answer carries it.
 */
export function identifyRequest(): MiddlewareHandler<GatewayEnv> {
  return async function identify(context, next) {
    const given = context.req.header("x-request-id");
    const wellFormed = given !== undefined && /^[A-Za-z0-9._-]{1,128}$/.test(given);
    const requestId = wellFormed ? given : crypto.randomUUID();
    context.set("requestId", requestId);
    context.set("startedAtMs", performance.now());
    context.set("tenant", ANONYMOUS_TENANT);
    await next();
    context.res.headers.set("x-request-id", requestId);
  };
}
