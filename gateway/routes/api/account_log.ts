import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { changeLogSettings, readLogSettings } from "../../../accounts/usage/log_settings.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { respondOne } from "../../respond_one.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf } from "./api_parts.ts";

const logSettingsSchema = z.strictObject({
  keepParams: z.boolean().openapi({
    description: "Whether lines of the log of calls hold parameters, redacted",
    example: false,
  }),
}).openapi("LogSettings");

const get = createRoute({
  method: "get",
  path: "/api/account/log",
  summary: "What the account's log of calls keeps",
  description: "Parameters are kept only where the account has said so.",
  responses: { 200: jsonContent(logSettingsSchema, "Settings"), ...failureAnswers([401, 403]) },
});

const put = createRoute({
  method: "put",
  path: "/api/account/log",
  summary: "Say what the account's log of calls keeps",
  description: "Counts for calls from now on: at once on this node, within seconds on others.",
  request: { body: jsonBody(logSettingsSchema) },
  responses: {
    200: jsonContent(logSettingsSchema, "Settings"),
    ...failureAnswers([400, 401, 403, 413, 415]),
  },
});

/** `/api/account/log`: whether the log of calls keeps parameters. */
export function addAccountLog(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts: { sql }, metering } = options;
  for (const route of [get, put]) app.openAPIRegistry.registerPath(route);

  app.get(get.getRoutingPath(), async (context) => {
    return respondOne(context, await readLogSettings(sql, context.get("tenant")));
  });

  app.put(put.getRoutingPath(), requireJson(), async (context) => {
    const wish = await bodyOf(context, logSettingsSchema, options);
    await sql.begin((tx: AnySql) => changeLogSettings(tx, actorOf(context), wish));
    metering?.forgetLogSettings(context.get("tenant"));
    return respondOne(context, wish);
  });
}
