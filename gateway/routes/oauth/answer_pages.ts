import type { Context, Handler } from "hono";
import { AirlockError } from "../../../spec/errors.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { faultPage } from "./oauth_pages.ts";

/** Answers browsers: refusals are pages, too. */
export function answerPages(
  answer: (context: Context<GatewayEnv>) => Promise<Response>,
): Handler<GatewayEnv> {
  return async (context) => {
    try {
      return await answer(context);
    } catch (error) {
      if (!(error instanceof AirlockError)) throw error;
      context.set("errorCode", error.code);
      const { message: state, suggestion, httpStatus: status } = error;
      return await faultPage({ state, suggestion, status });
    }
  };
}
