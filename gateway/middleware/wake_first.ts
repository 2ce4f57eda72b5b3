import type { MiddlewareHandler } from "hono";
import type { Accounts } from "../../accounts/accounts.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/** Everything below needs the database: what is asked first waits until it is open. */
export function wakeFirst({ wake }: Pick<Accounts, "wake">): MiddlewareHandler<GatewayEnv> {
  return async (_context, next) => {
    await wake();
    await next();
  };
}
