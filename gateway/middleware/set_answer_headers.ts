import type { MiddlewareHandler } from "hono";
import type { GatewayEnv } from "../gateway_env.ts";

const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/**
 * Headers of every answer, refusals too: those that keep a browser from doing anything with it but
 * reading it, and where the request was counted what is left of its limit, as
 * draft-ietf-httpapi-ratelimit-headers has it.
 */
export function setAnswerHeaders(): MiddlewareHandler<GatewayEnv> {
  return async function setHeaders(context, next) {
    await next();
    // Not with `context.header`, which copies a finished answer for each.
    const { headers } = context.res;
    headers.set("x-content-type-options", "nosniff");
    if (!headers.has("referrer-policy")) headers.set("referrer-policy", "no-referrer");
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", NOTHING);
    const taken = context.get("rateTaken");
    if (taken === undefined) return;
    headers.set("ratelimit-limit", String(taken.limit.limit));
    headers.set("ratelimit-remaining", String(taken.remaining));
    headers.set("ratelimit-reset", String(Math.ceil(taken.resetMs / 1000)));
  };
}
