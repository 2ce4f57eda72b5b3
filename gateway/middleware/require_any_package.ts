import type { MiddlewareHandler } from "hono";
import { isVisible } from "../../accounts/authorise.ts";
import { notFound, signInFirst } from "../../accounts/require_permission.ts";
import type { Resource } from "../../accounts/resource.ts";
import type { Caller } from "../../spec/account.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { routePattern } from "../route_pattern.ts";

const ANY_PACKAGE: Resource = { kind: "tool", tenant: null, visibility: "public" };

/**
 * Routes with these patterns, which take any package by name, are neither for strangers nor for keys
 * that are held to collections. The scope is asked for by the table of routes.
 * @throws {AirlockError} `unauthenticated`; `tool_not_found`, as for a package that is not there.
 */
export function requireAnyPackage(paths: ReadonlySet<string>): MiddlewareHandler<GatewayEnv> {
  return function check(context, next) {
    const path = routePattern(context);
    if (path !== undefined && paths.has(path)) requireAnyPackageOf(context.get("caller"));
    return next();
  };
}

/** The same, where the body says whether it is asked for. */
export function requireAnyPackageOf(caller: Caller): void {
  // Fetching and building what a stranger names is no reading of what is public.
  if (caller.kind === "anonymous") throw signInFirst();
  if (!isVisible(caller, ANY_PACKAGE)) throw notFound("tool");
}
