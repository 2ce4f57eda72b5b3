import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { findAccount, setAccountTier } from "../../../accounts/users/account_tier.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { requireMatch, respondOne } from "../../respond_one.ts";
import { accountSchema, changeAccountSchema } from "../../schemas/tier_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "usr_0Nf3vPq8rT1xZ5bC7dE9gH" }) });

const get = createRoute({
  method: "get",
  path: "/api/accounts/{id}",
  summary: "Account of a user or an organisation",
  description: "By the id of whose account it is, with its tier.",
  request: { params },
  responses: { 200: jsonContent(accountSchema, "The account"), ...failureAnswers([401, 403, 404]) },
});

const patch = createRoute({
  method: "patch",
  path: "/api/accounts/{id}",
  summary: "Change the tier of an account",
  description: "Its keys follow at once, its sessions within a second.",
  request: { params, body: jsonBody(changeAccountSchema) },
  responses: {
    200: jsonContent(accountSchema, "The account"),
    ...failureAnswers([400, 401, 403, 404, 412, 413, 415]),
  },
});

/** `/api/accounts/{id}`: accounts, for whoever looks after the installation. */
export function addAccounts(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts: { sql } } = options;
  for (const route of [get, patch]) app.openAPIRegistry.registerPath(route);

  app.get(get.getRoutingPath(), async (context) => {
    const id = idOf(context, "account");
    return respondOne(context, await findAccount(sql, actorOf(context), { id }));
  });

  app.patch(patch.getRoutingPath(), requireJson(), async (context) => {
    const id = idOf(context, "account");
    const { tier } = await bodyOf(context, changeAccountSchema, options);
    const account = await sql.begin(async (tx: AnySql) => {
      requireMatch(context, await findAccount(tx, actorOf(context), { id }));
      return await setAccountTier(tx, actorOf(context), { id, tier });
    });
    return respondOne(context, account);
  });
}
