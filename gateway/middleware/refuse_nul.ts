import type { MiddlewareHandler } from "hono";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/**
 * Refuses addresses with a NUL character: no text that is kept has one, and PostgreSQL takes none.
 * @throws {AirlockError} `invalid_input`.
 */
export function refuseNul(): MiddlewareHandler<GatewayEnv> {
  return function refuse(context, next) {
    if (context.req.url.includes("%00")) {
      throw new AirlockError("invalid_input", "read address: it holds a NUL character", {
        stage: "request",
        suggestion: "Leave out %00.",
      });
    }
    return next();
  };
}
