import type { OpenAPIHono } from "@hono/zod-openapi";
import { oauthRefusal } from "../../../accounts/oauth/oauth_refusal.ts";
import { type Exchanged, redeemCode } from "../../../accounts/oauth/redeem_code.ts";
import { refreshTokens, surrenderToken } from "../../../accounts/oauth/refresh_tokens.ts";
import { surrenderKey } from "../../../accounts/device/end_key.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { answerOauth } from "./answer_oauth.ts";
import { endpointOfResource } from "./client_request.ts";
import { CLIENT_SCOPE } from "../../oauth/oauth_metadata.ts";
import { ownOrigin } from "../../oauth/own_origin.ts";
import { type Parameters, readForm, requireParameter } from "./read_form.ts";
import { DEVICE_CLIENT_ID, DEVICE_GRANT_TYPE, exchangeDeviceCode } from "./device_code.ts";
import type { OauthOptions } from "./oauth_parts.ts";

/**
 * `POST /oauth/token`: a client comes for its tokens, with a code or with a refresh token; and
 * `POST /oauth/revoke`, where it gives them up (RFC 7009).
 */
export function addToken(
  app: OpenAPIHono<GatewayEnv>,
  { accounts, settings }: OauthOptions,
): void {
  app.post(
    "/oauth/token",
    answerOauth(async (context) => {
      const form = await readForm(context, settings);
      if (form.get("grant_type") === DEVICE_GRANT_TYPE) {
        return await exchangeDeviceCode(context, form, accounts);
      }
      const exchanged = await exchange(form, {
        sql: accounts.sql,
        origin: ownOrigin(context, settings),
      });
      if (exchanged.kind === "ended") accounts.forgetGrant(exchanged.grantId);
      if (exchanged.kind === "other-resource") {
        throw oauthRefusal("invalid_target", "the grant is for another resource");
      }
      if (exchanged.kind !== "issued") {
        throw oauthRefusal("invalid_grant", "it is none, not yours, over, or used", {
          suggestion: "Sign in again.",
        });
      }
      const { accessToken, refreshToken, expiresInSeconds } = exchanged.tokens;
      context.header("pragma", "no-cache");
      return context.json({
        access_token: accessToken,
        token_type: "Bearer",
        expires_in: expiresInSeconds,
        refresh_token: refreshToken,
        scope: CLIENT_SCOPE,
      });
    }),
  );
  app.post(
    "/oauth/revoke",
    answerOauth(async (context) => {
      const form = await readForm(context, settings);
      const token = requireParameter(form, "token");
      const clientId = form.get("client_id");
      if (clientId === DEVICE_CLIENT_ID) {
        const keyId = await accounts.sql.begin((tx: AnySql) => surrenderKey(tx, { token }));
        if (keyId !== null) accounts.forgetKey(keyId);
        return new Response(null, { status: 200 });
      }
      const ended = await surrenderToken(accounts.sql, { token, clientId });
      if (ended !== null) accounts.forgetGrant(ended);
      return new Response(null, { status: 200 });
    }),
  );
}

async function exchange(
  form: Parameters,
  { sql, origin }: Pick<OauthOptions["accounts"], "sql"> & { readonly origin: string },
): Promise<Exchanged> {
  const type = requireParameter(form, "grant_type");
  const named = form.get("resource");
  const resource = named && `${origin}${endpointOfResource(named, origin).path}`;
  const clientId = requireParameter(form, "client_id");
  switch (type) {
    case "authorization_code":
      return await redeemCode(sql, {
        ...{ clientId, resource },
        code: requireParameter(form, "code"),
        redirectUri: requireParameter(form, "redirect_uri"),
        verifier: requireParameter(form, "code_verifier"),
      });
    case "refresh_token":
      return await refreshTokens(sql, {
        ...{ clientId, resource },
        refreshToken: requireParameter(form, "refresh_token"),
      });
    default:
      throw oauthRefusal(
        "unsupported_grant_type",
        "grant_type has to be authorization_code or refresh_token",
      );
  }
}
