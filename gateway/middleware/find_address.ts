import type { MiddlewareHandler } from "hono";
import { createFindClientAddress } from "../client_address.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/** Finds out where a request comes from, for whatever comes after: `address`. */
export function findAddress(
  { trustedProxies = [] }: { readonly trustedProxies?: readonly string[] },
): MiddlewareHandler<GatewayEnv> {
  const find = createFindClientAddress(trustedProxies);
  return async function findOut(context, next) {
    const peer = context.env?.address;
    const forwardedFor = context.req.header("x-forwarded-for") ?? null;
    context.set("address", peer === undefined ? undefined : find({ peer, forwardedFor }));
    await next();
  };
}
