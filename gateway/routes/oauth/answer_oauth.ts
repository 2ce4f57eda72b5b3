import type { Context, Handler } from "hono";
import { OAUTH_DETAIL } from "../../../accounts/oauth/oauth_refusal.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { GatewayEnv } from "../../gateway_env.ts";

/** Answers what clients ask by OAuth, refusals in the words that they know (RFC 6749 §5.2). */
export function answerOauth(
  answer: (context: Context<GatewayEnv>) => Promise<Response>,
): Handler<GatewayEnv> {
  return async (context) => {
    try {
      return await answer(context);
    } catch (error) {
      if (!(error instanceof AirlockError)) throw error;
      const code = error.details[OAUTH_DETAIL] ?? codeOf(error);
      if (typeof code !== "string") throw error;
      context.set("errorCode", error.code);
      const description = [error.message, error.suggestion].filter(Boolean).join(". ");
      // RFC 6749 allows these characters only.
      const error_description = description.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
      return Response.json({ error: code, error_description }, { status: error.httpStatus });
    }
  };
}

/** What is no refusal of OAuth's own; the rest is told as everywhere. */
function codeOf({ code }: AirlockError): string | undefined {
  return code === "invalid_input" || code === "payload_too_large" ? "invalid_request" : undefined;
}
