import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { decideDeviceLogin } from "../../../accounts/device/decide_device_login.ts";
import { openDeviceLogin } from "../../../accounts/device/open_device_login.ts";
import { requirePerson } from "../../../accounts/oauth/read_grants.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import { addressGroup } from "../../client_address.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireOwnForm } from "../../oauth/own_origin.ts";
import { actorOf } from "../api/api_parts.ts";
import { answerPages } from "./answer_pages.ts";
import { describePerson } from "./describe_person.ts";
import { codePage, decidedPage, devicePage } from "./device_pages.ts";
import { faultPage, signInPage } from "./oauth_pages.ts";
import type { OauthOptions } from "./oauth_parts.ts";
import { readForm, readParameters, requireParameter } from "./read_form.ts";

/** `/oauth/device`: somebody is asked whether a machine may connect to their account, and answers. */
export function addDevice(app: OpenAPIHono<GatewayEnv>, options: OauthOptions): void {
  const { accounts, settings } = options;

  app.get(
    "/oauth/device",
    answerPages(async (context) => {
      const { search } = new URL(context.req.url);
      const typed = isFromElsewhere(context) ? undefined : readParameters(search).get("user_code");
      const caller = context.get("caller");
      // Whether there is such a code is told to nobody who has not signed in.
      if (caller.kind === "anonymous") {
        const query = typed === undefined ? "" : new URLSearchParams({ user_code: typed });
        return await signInPage({ place: "device", query: String(query) });
      }
      requirePerson(caller);
      if (typed === undefined) return await codePage();
      const opened = await openDeviceLogin(accounts.sql, caller, { typed });
      if (opened === null) return await codePage({ failed: true });
      const here = context.get("address") ?? "unknown";
      return await devicePage({
        ...opened,
        isNear: addressGroup(opened.address) === addressGroup(here),
        person: await describePerson(accounts.sql, caller),
      });
    }),
  );

  app.post(
    "/oauth/device",
    answerPages(async (context) => {
      requireOwnForm(context, settings);
      const actor = actorOf(context);
      requirePerson(actor.caller);
      const form = await readForm(context, settings);
      const request = requireParameter(form, "request");
      const isAllowed = requireParameter(form, "decision") === "allow";
      const decided = await accounts.sql.begin((tx: AnySql) =>
        decideDeviceLogin(tx, actor, { request, isAllowed })
      );
      if (decided !== null) return await decidedPage(decided);
      return await faultPage({
        state: "This was answered before, or too late.",
        suggestion: "Begin again with `airlock bridge login`.",
        status: 400,
      });
    }),
  );
}

/**
 * Whether a link of another page led here. Then the code in it counts for nothing: it has to be typed,
 * by somebody who can see it on their own machine.
 */
function isFromElsewhere({ req }: Context<GatewayEnv>): boolean {
  const site = req.header("sec-fetch-site");
  return site !== undefined && site !== "same-origin" && site !== "none";
}
