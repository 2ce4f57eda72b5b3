import type { Context } from "hono";
import { matchedRoutes } from "hono/route";

/**
 * The pattern of the route that will answer, the first of those that match; `undefined` where none
 * will. Middleware is for all methods, routes are for one.
 */
export function routePattern(context: Context): string | undefined {
  return matchedRoutes(context).find(({ method }) => method !== "ALL")?.path;
}
