import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Accounts } from "../../../accounts/accounts.ts";
import {
  askAsDevice,
  DEVICE_INTERVAL_SECONDS,
  DEVICE_SECONDS,
} from "../../../accounts/device/device_login.ts";
import { DEVICE_SCOPE } from "../../../accounts/device/device_scope.ts";
import { redeemDevice, type RedeemedDevice } from "../../../accounts/device/redeem_device.ts";
import { showUserCode } from "../../../accounts/device/user_code.ts";
import { oauthRefusal } from "../../../accounts/oauth/oauth_refusal.ts";
import { bridgeName } from "../../../bridge/protocol.ts";
import { addressGroup } from "../../client_address.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { ownOrigin } from "../../oauth/own_origin.ts";
import { answerOauth } from "./answer_oauth.ts";
import { describePerson } from "./describe_person.ts";
import type { OauthOptions } from "./oauth_parts.ts";
import { type Parameters, readForm, requireParameter } from "./read_form.ts";

/** What the program on somebody's machine calls itself. Nobody else is let in this way. */
export const DEVICE_CLIENT_ID = "airlock-bridge";

/** How a machine says that it comes for what it asked (RFC 8628 §3.4). */
export const DEVICE_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

/** `POST /oauth/device/code`: a machine asks to be logged in (RFC 8628 §3.1). */
export function addDeviceCode(
  app: OpenAPIHono<GatewayEnv>,
  { accounts, settings }: OauthOptions,
): void {
  app.post(
    "/oauth/device/code",
    answerOauth(async (context) => {
      const form = await readForm(context, settings);
      requireDevice(form);
      const scope = form.get("scope") ?? DEVICE_SCOPE;
      if (scope !== DEVICE_SCOPE) {
        throw oauthRefusal("invalid_scope", `the scope can only be ${DEVICE_SCOPE}`);
      }
      const machine = bridgeName.safeParse(requireParameter(form, "machine"));
      if (!machine.success) throw oauthRefusal("invalid_request", "machine is no name of a bridge");
      const address = context.get("address") ?? "unknown";
      const asked = { machine: machine.data, address, addressGroup: addressGroup(address) };
      const { deviceCode, userCode } = await askAsDevice(accounts.sql, asked);
      const page = `${ownOrigin(context, settings)}/oauth/device`;
      return context.json({
        device_code: deviceCode,
        user_code: showUserCode(userCode),
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${showUserCode(userCode)}`,
        expires_in: DEVICE_SECONDS,
        interval: DEVICE_INTERVAL_SECONDS,
      });
    }),
  );
}

/**
 * Answers a machine that comes for its key.
 * @throws {AirlockError} with the code of OAuth in its details.
 */
export async function exchangeDeviceCode(
  context: Context<GatewayEnv>,
  form: Parameters,
  accounts: Pick<Accounts, "sql" | "forgetKey">,
): Promise<Response> {
  requireDevice(form);
  const deviceCode = requireParameter(form, "device_code");
  const redeemed = await redeemDevice(accounts.sql, {
    deviceCode,
    requestId: context.get("requestId"),
  });
  if (redeemed.kind === "ended" && redeemed.keyId !== null) accounts.forgetKey(redeemed.keyId);
  if (redeemed.kind !== "issued") throw refusalOf(redeemed.kind);
  context.header("pragma", "no-cache");
  return context.json({
    access_token: redeemed.token,
    token_type: "Bearer",
    scope: DEVICE_SCOPE,
    allowed_by: await describePerson(accounts.sql, redeemed.allowedBy),
  });
}

function requireDevice(form: Parameters): void {
  if (requireParameter(form, "client_id") === DEVICE_CLIENT_ID) return;
  throw oauthRefusal("invalid_client", "only bridges are let in this way");
}

function refusalOf(kind: Exclude<RedeemedDevice["kind"], "issued">) {
  switch (kind) {
    case "pending":
      return oauthRefusal("authorization_pending", "nobody has answered yet");
    case "slow_down":
      return oauthRefusal("slow_down", "it asks too often; wait five seconds longer each time");
    case "denied":
      return oauthRefusal("access_denied", "it was not allowed");
    case "expired":
      return oauthRefusal("expired_token", "nobody has answered in time", {
        suggestion: "Begin again.",
      });
    case "ended":
    case "refused":
      return oauthRefusal("invalid_grant", "it is none, or used", { suggestion: "Begin again." });
  }
}
