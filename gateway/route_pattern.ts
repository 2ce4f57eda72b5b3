import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { GatewayEnv } from "./gateway_env.ts";

/**
 * The pattern of the route that will answer, the first of those that match; `undefined` where none
 * will. Middleware is for all methods, routes are for one.
 */
export function routePattern(context: Context<GatewayEnv>): string | undefined {
  let pattern = context.get("routePattern");
  if (pattern === undefined) {
    pattern = matchedRoutes(context).find(({ method }) => method !== "ALL")?.path ?? null;
    context.set("routePattern", pattern);
  }
  return pattern ?? undefined;
}
