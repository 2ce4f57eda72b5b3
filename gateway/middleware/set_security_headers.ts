import type { MiddlewareHandler } from "hono";
import type { GatewayEnv } from "../gateway_env.ts";

const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** Headers that keep a browser from doing anything with an answer but reading it. */
export function setSecurityHeaders(): MiddlewareHandler<GatewayEnv> {
  return async function setHeaders(context, next) {
    await next();
    const { headers } = context.res;
    headers.set("x-content-type-options", "nosniff");
    if (!headers.has("referrer-policy")) headers.set("referrer-policy", "no-referrer");
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", NOTHING);
  };
}
