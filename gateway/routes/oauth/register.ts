import type { OpenAPIHono } from "@hono/zod-openapi";
import { parseRegistration } from "../../../accounts/oauth/client_metadata.ts";
import { registerClient } from "../../../accounts/oauth/oauth_client.ts";
import { readJsonBody } from "../../body/read_json_body.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { answerOauth } from "./answer_oauth.ts";
import { CLIENT_SCOPE } from "../../oauth/oauth_metadata.ts";
import type { OauthOptions } from "./oauth_parts.ts";

const MAX_BODY_BYTES = 32 * 1024;

/** `POST /oauth/register`: a client makes itself known (RFC 7591). It gets no secret, and no access. */
export function addRegister(
  app: OpenAPIHono<GatewayEnv>,
  { accounts, settings }: OauthOptions,
): void {
  const bounds = { maxBytes: MAX_BODY_BYTES, timeoutMs: settings.bodyTimeoutMs };
  app.post(
    "/oauth/register",
    requireJson(),
    answerOauth(async (context) => {
      const wish = parseRegistration(await readJsonBody(context.req.raw, bounds));
      const client = await registerClient(accounts.sql, wish);
      return context.json({
        client_id: client.id,
        client_id_issued_at: Math.floor(client.createdAt.getTime() / 1_000),
        client_name: client.name,
        redirect_uris: client.redirectUris,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
        scope: CLIENT_SCOPE,
      }, 201);
    }),
  );
}
