import type { Context } from "hono";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewaySettings } from "../gateway_options.ts";

/** Where clients reach the gateway, which is who it is for OAuth: without a path or a slash. */
export function ownOrigin(
  { req }: Context<GatewayEnv>,
  { publicUrl }: Pick<GatewaySettings, "publicUrl">,
): string {
  return new URL(publicUrl ?? req.url).origin;
}

/**
 * Lets a form through that one of our own pages sent. Browsers say where a form comes from; what says
 * nothing is none, and shows nobody a page to press on.
 * @throws {AirlockError} `permission_denied`.
 */
export function requireOwnForm(context: Context<GatewayEnv>, settings: GatewaySettings): void {
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  const here = [ownOrigin(context, settings), new URL(context.req.url).origin];
  const isOwn = origin === undefined
    ? site === undefined || site === "same-origin" || site === "none"
    : here.includes(origin) && (site === undefined || site === "same-origin");
  if (isOwn) return;
  throw new AirlockError("permission_denied", "check caller: another page sent the form", {
    stage: "request",
    suggestion: "Begin again from the program that wants to connect.",
  });
}
