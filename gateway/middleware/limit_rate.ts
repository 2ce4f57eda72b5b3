import type { Context, MiddlewareHandler } from "hono";
import { rateLimited, type RateLimiter } from "../../accounts/limits/rate_limiter.ts";
import type { RateClass } from "../../spec/rate_limit.ts";
import { LINE_HEADER } from "../../bridge/protocol/poll_body.ts";
import { BRIDGE_PATH } from "../bridge/with_query_token.ts";
import { addressGroup } from "../client_address.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/** Paths whose requests run tools, whatever comes after. */
const EXECUTE_PATHS = ["/execute-tool", "/api/tools/execute/"];

const CALL_PATH = /^\/api\/(?:collections|agents)\/[^/]+\/call$/;

/** Answers that nobody counts: open to all, or counted by whoever answers them. */
const UNCOUNTED_PATHS = [
  ...["/api/auth/", "/health", "/docs", "/openapi.json", "/.well-known/", "/oauth/page.css"],
];

/**
 * Says what {@linkcode limitRate}, which comes after it, left: in the headers of
 * draft-ietf-httpapi-ratelimit-headers, on refusals too.
 */
export function tellRate(): MiddlewareHandler<GatewayEnv> {
  return async function tellWhatIsLeft(context, next) {
    await next();
    const taken = context.get("rateTaken");
    if (taken === undefined) return;
    // Not with `context.header`, which copies a finished answer for each.
    const { headers } = context.res;
    headers.set("ratelimit-limit", String(taken.limit.limit));
    headers.set("ratelimit-remaining", String(taken.remaining));
    headers.set("ratelimit-reset", String(Math.ceil(taken.resetMs / 1000)));
  };
}

/**
 * Counts requests and turns away what is too many.
 * @throws {AirlockError} `rate_limited`.
 */
export function limitRate(
  limiter: Pick<RateLimiter, "take">,
  { onLimited }: { readonly onLimited: (rateClass: RateClass) => void },
): MiddlewareHandler<GatewayEnv> {
  return async function countRequest(context, next) {
    if (isOnLine(context)) return await next();
    const rateClass = rateClassOf(context.req.method, context.req.path);
    if (rateClass === null) return await next();
    const address = () => addressGroup(context.get("address") ?? "unknown");
    const taken = await limiter.take(context.get("caller"), { rateClass, address });
    if (taken === null) return await next();
    context.set("rateTaken", taken);
    if (taken.allowed) return await next();
    onLimited(rateClass);
    throw rateLimited(rateClass, taken);
  };
}

/** What a bridge says over an open line is counted as that of a connection is, by its own limits. */
function isOnLine(context: Context<GatewayEnv>): boolean {
  const { path } = context.req;
  return path === BRIDGE_PATH && context.get("caller").scopes.has("bridge:connect") &&
    context.req.header(LINE_HEADER) !== undefined;
}

/** What a request counts as; `null` where it does not. */
export function rateClassOf(method: string, path: string): RateClass | null {
  const isBelow = (place: string) =>
    path === place || path.startsWith(place.endsWith("/") ? place : `${place}/`);
  if (UNCOUNTED_PATHS.some(isBelow)) return null;
  if (EXECUTE_PATHS.some(isBelow) || CALL_PATH.test(path)) return "execute";
  if (isBelow("/mcp") || isBelow("/api/mcp")) return "mcp";
  return method === "GET" || method === "HEAD" ? "read" : "write";
}
