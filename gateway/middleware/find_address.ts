import type { MiddlewareHandler } from "hono";
import { createFindClientAddress } from "../client_address.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/** Finds out where a request comes from, for whatever comes after: `address`. */
export function findAddress(
  { trustedProxies = [] }: { readonly trustedProxies?: readonly string[] },
): MiddlewareHandler<GatewayEnv> {
  const isBehind = trustedProxies.length > 0;
  const find = createFindClientAddress(trustedProxies);
  return function findOut(context, next) {
    const peer = context.env?.address;
    // Where no proxy is trusted nobody reads what it would say.
    const forwardedFor = isBehind ? context.req.header("x-forwarded-for") ?? null : null;
    context.set("address", peer === undefined ? undefined : find({ peer, forwardedFor }));
    return next();
  };
}
