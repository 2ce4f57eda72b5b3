import type { Context, MiddlewareHandler } from "hono";
import { missingAccount, missingScope, signInFirst } from "../../accounts/require_permission.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { routePattern } from "../route_pattern.ts";
import { type RouteNeed, routeNeed } from "../routes/api/route_scopes.ts";

/**
 * Lets through whoever holds what the table of routes asks for. What is not in the table is for nobody;
 * paths that nothing answers are for the answer that says so.
 * @throws {AirlockError} `unauthenticated`, `permission_denied`.
 */
export function requireScope(): MiddlewareHandler<GatewayEnv> {
  return function check(context, next) {
    const path = routePattern(context);
    if (path !== undefined) requireNeed(context, routeNeed(context.req.method, path));
    else if (context.get("caller").kind === "anonymous") throw signInFirst();
    return next();
  };
}

function requireNeed(context: Context<GatewayEnv>, need: RouteNeed | undefined): void {
  const caller = context.get("caller");
  if (need === undefined) {
    throw new AirlockError("permission_denied", "check permission: nothing allows this route", {
      stage: "request",
    });
  }
  if (need === "public") return;
  if (need === "person") {
    if (caller.kind !== "user" && caller.kind !== "owner") throw missingAccount(caller);
  } else if (need === "account") {
    if (caller.managesAccount !== true) throw missingAccount(caller);
  } else if (!caller.scopes.has(need)) {
    throw missingScope(caller, need);
  }
}
