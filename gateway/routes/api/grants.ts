import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { revokeGrant } from "../../../accounts/oauth/end_grant.ts";
import { viewGrant } from "../../../accounts/oauth/grant_record.ts";
import { listGrants } from "../../../accounts/oauth/read_grants.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { grantSchema } from "../../schemas/grant_schemas.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import { failureAnswers, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "grt_0Nf3vPq8rT1xZ5bC7dE9gH" }) });

const list = createRoute({
  method: "get",
  path: "/api/grants",
  summary: "Clients that were let in",
  description:
    "MCP clients that somebody allowed to call tools, newest first. Whoever looks after " +
    "the account sees all of them, its other members those that they let in themselves.",
  request: { query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(grantSchema), "Grants"),
    ...failureAnswers([400, 401, 403]),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/api/grants/{id}",
  summary: "Shut a client out",
  description:
    "Its tokens open nothing any more: at once, on other nodes within a second. It stays " +
    "in the list.",
  request: { params },
  responses: { 200: jsonContent(grantSchema, "The grant"), ...failureAnswers([401, 403, 404]) },
});

/** `/api/grants`: list and revoke what MCP clients were allowed. */
export function addGrants(app: OpenAPIHono<GatewayEnv>, { accounts }: ApiOptions): void {
  for (const route of [list, revoke]) app.openAPIRegistry.registerPath(route);

  app.get(list.getRoutingPath(), async (context) => {
    const caller = context.get("caller");
    const page = pageOf(parseWith(listQuerySchema, context.req.query()));
    const rows = await listGrants(accounts.sql, caller, oneMore(page));
    return context.json(listAnswer(rows.map(viewGrant), page));
  });

  app.delete(revoke.getRoutingPath(), async (context) => {
    const id = idOf(context, "grant");
    const row = await accounts.sql.begin((tx: AnySql) => revokeGrant(tx, actorOf(context), { id }));
    accounts.forgetGrant(id);
    return context.json(viewGrant(row));
  });
}
