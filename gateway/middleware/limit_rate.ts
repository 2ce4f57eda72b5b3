import type { Context, MiddlewareHandler } from "hono";
import { rateLimited, type RateLimiter, type Taken } from "../../accounts/limits/rate_limiter.ts";
import type { RateClass } from "../../spec/rate_limit.ts";
import { LINE_HEADER } from "../../bridge/protocol/poll_body.ts";
import { BRIDGE_PATH } from "../bridge/with_query_token.ts";
import { addressGroup } from "../client_address.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/** Paths whose requests run tools, whatever comes after. */
const EXECUTE_PATHS = ["/execute-tool", "/api/tools/execute/"];

const CALL_PATH = /^\/api\/(?:collections|agents)\/[^/]+\/call$/;

const MCP_PATHS = ["/mcp", "/api/mcp"];

/** Answers that nobody counts: open to all, or counted by whoever answers them. */
const UNCOUNTED_PATHS = [
  ...["/api/auth/", "/health", "/docs", "/openapi.json", "/.well-known/", "/oauth/page.css"],
];

/**
 * Counts requests and turns away what is too many.
 * @throws {AirlockError} `rate_limited`.
 */
export function limitRate(
  limiter: Pick<RateLimiter, "take">,
  { onLimited }: { readonly onLimited: (rateClass: RateClass) => void },
): MiddlewareHandler<GatewayEnv> {
  return function countRequest(context, next) {
    if (isOnLine(context)) return next();
    const rateClass = rateClassOf(context.req.method, context.req.path);
    if (rateClass === null) return next();
    const address = () => addressGroup(context.get("address") ?? "unknown");
    const taken = limiter.take(context.get("caller"), { rateClass, address });
    if (taken === null) return next();
    const goOn = (taken: Taken) => {
      context.set("rateTaken", taken);
      if (taken.allowed) return next();
      onLimited(rateClass);
      throw rateLimited(rateClass, taken);
    };
    return taken instanceof Promise ? taken.then(goOn) : goOn(taken);
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
  if (isBelowOne(UNCOUNTED_PATHS, path)) return null;
  if (isBelowOne(EXECUTE_PATHS, path) || CALL_PATH.test(path)) return "execute";
  if (isBelowOne(MCP_PATHS, path)) return "mcp";
  return method === "GET" || method === "HEAD" ? "read" : "write";
}

function isBelowOne(places: readonly string[], path: string): boolean {
  return places.some((place) =>
    path.startsWith(place) &&
    (path.length === place.length || place.endsWith("/") || path[place.length] === "/")
  );
}
