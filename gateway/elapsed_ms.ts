import type { Context } from "hono";
import type { GatewayEnv } from "./gateway_env.ts";

/** Milliseconds since the request arrived, to the microsecond. */
export function elapsedMs(context: Context<GatewayEnv>): number {
  return Math.round((performance.now() - context.get("startedAtMs")) * 1000) / 1000;
}
