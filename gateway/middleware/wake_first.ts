import type { MiddlewareHandler } from "hono";
import type { Accounts } from "../../accounts/accounts.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/** Everything below needs the database: what is asked first waits until it is open. */
export function wakeFirst({ wake }: Pick<Accounts, "wake">): MiddlewareHandler<GatewayEnv> {
  return (_context, next) => {
    const waking = wake();
    return waking === undefined ? next() : waking.then(next);
  };
}
