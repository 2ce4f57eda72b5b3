import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { changeTiers } from "../../../accounts/limits/change_tiers.ts";
import { readTierLimits } from "../../../accounts/limits/read_tier_limits.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { requireMatch, respondOne } from "../../respond_one.ts";
import { changeTiersSchema, tiersSchema } from "../../schemas/tier_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf } from "./api_parts.ts";

const get = createRoute({
  method: "get",
  path: "/api/tiers",
  summary: "Rate limits of the tiers",
  description: "As they hold now: the defaults, and what was changed.",
  responses: { 200: jsonContent(tiersSchema, "All limits"), ...failureAnswers([401, 403]) },
});

const put = createRoute({
  method: "put",
  path: "/api/tiers",
  summary: "Change rate limits of the tiers",
  description: "They hold at once on this node, within ten seconds on all. `If-Match` guards " +
    "against changes of others.",
  request: { body: jsonBody(changeTiersSchema) },
  responses: {
    200: jsonContent(tiersSchema, "All limits"),
    ...failureAnswers([400, 401, 403, 412, 413, 415]),
  },
});

/** `/api/tiers`: what accounts are given by their tier. */
export function addTiers(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts, metering } = options;
  for (const route of [get, put]) app.openAPIRegistry.registerPath(route);

  app.get(get.path, async (context) => {
    return respondOne(context, { tiers: await readTierLimits(accounts.sql) });
  });

  app.put(put.path, requireJson(), async (context) => {
    const { tiers: limits } = await bodyOf(context, changeTiersSchema, options);
    const tiers = await accounts.sql.begin(async (tx: AnySql) => {
      requireMatch(context, { tiers: await readTierLimits(tx) });
      return await changeTiers(tx, actorOf(context), { limits, rest: "default" });
    });
    metering?.forgetTiers();
    return respondOne(context, { tiers });
  });
}
