import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type AgentRow, viewAgent } from "../../../accounts/agents/agent_record.ts";
import { createAgent, removeAgent, updateAgent } from "../../../accounts/agents/change_agent.ts";
import { findAgent, listAgents } from "../../../accounts/agents/find_agent.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { requireMatch, respondOne } from "../../respond_one.ts";
import {
  agentSchema,
  changeAgentSchema,
  createAgentSchema,
} from "../../schemas/collection_schemas.ts";
import { listAnswer, listSchema, oneMore, pageOf } from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";
import { checkWanted } from "./executors.ts";
import { sharedListSchema } from "./collections.ts";

const params = z.object({ id: z.string().openapi({ example: "agt_0Nf3vPq8rT1xZ5bC7dE9gH" }) });

const list = createRoute({
  method: "get",
  path: "/api/agents",
  summary: "Agents",
  description: "Newest first. Of what they use, what the caller may see.",
  request: { query: sharedListSchema },
  responses: {
    200: jsonContent(listSchema(agentSchema), "Agents"),
    ...failureAnswers([400, 401, 403]),
  },
});
const create = createRoute({
  method: "post",
  path: "/api/agents",
  summary: "Make an agent",
  description: "With what it uses, as far as the account may see that. An executor is checked.",
  request: { body: jsonBody(createAgentSchema) },
  responses: {
    201: jsonContent(agentSchema, "The agent"),
    ...failureAnswers([400, 401, 403, 404, 409, 413, 415, 422, 502]),
  },
});
const get = createRoute({
  method: "get",
  path: "/api/agents/{id}",
  summary: "One agent",
  description: "Of what it uses, what the caller may see.",
  request: { params },
  responses: { 200: jsonContent(agentSchema, "The agent"), ...failureAnswers([401, 403, 404]) },
});
const change = createRoute({
  method: "patch",
  path: "/api/agents/{id}",
  summary: "Change an agent",
  description: "What the body leaves out stays. With `If-Match`, only what was seen is changed.",
  request: { params, body: jsonBody(changeAgentSchema) },
  responses: {
    200: jsonContent(agentSchema, "The agent"),
    ...failureAnswers([400, 401, 403, 404, 409, 412, 413, 415, 422, 502]),
  },
});
const remove = createRoute({
  method: "delete",
  path: "/api/agents/{id}",
  summary: "Remove an agent",
  description: "What it uses stays.",
  request: { params },
  responses: {
    200: jsonContent(agentSchema, "What it was"),
    ...failureAnswers([401, 403, 404, 412]),
  },
});

/** `/api/agents`: list, make, show, change and remove agents. */
export function addAgents(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts } = options;
  for (const route of [list, create, get, change, remove]) app.openAPIRegistry.registerPath(route);

  app.get(list.getRoutingPath(), async (context) => {
    const { of, ...query } = parseWith(sharedListSchema, context.req.query());
    const page = pageOf(query);
    const caller = context.get("caller");
    const rows = await listAgents(accounts.sql, caller, { ...oneMore(page), of });
    return context.json(listAnswer(rows.map((row) => viewAgent(row, caller.tenant)), page));
  });

  app.post(create.getRoutingPath(), requireJson(), async (context) => {
    const wish = await bodyOf(context, createAgentSchema, options);
    await checkWanted(context, { executor: wish.executor }, options);
    const row = await accounts.sql.begin((tx: AnySql) => createAgent(tx, actorOf(context), wish));
    return context.json(viewAgent(row, context.get("tenant")), 201);
  });

  app.get(get.getRoutingPath(), async (context) => {
    const name = idOf(context, "agent");
    const row = await findAgent(accounts.sql, context.get("caller"), { name });
    return respondOne(context, viewAgent(row, context.get("tenant")));
  });

  app.patch(change.getRoutingPath(), requireJson(), async (context) => {
    const wish = await bodyOf(context, changeAgentSchema, options);
    await checkWanted(context, { executor: wish.executor }, options);
    const row = await accounts.sql.begin(async (tx: AnySql) => {
      const { id, revision } = await seen(tx, context);
      return await updateAgent(tx, actorOf(context), { id, revision, wish });
    });
    accounts.forgetThrough(row.id);
    return respondOne(context, viewAgent(row, context.get("tenant")));
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const row = await accounts.sql.begin(async (tx: AnySql) => {
      const found = await seen(tx, context);
      await removeAgent(tx, actorOf(context), found);
      return found;
    });
    accounts.forgetThrough(row.id);
    return context.json(viewAgent(row, context.get("tenant")));
  });
}

/**
 * The agent of the path as it is now, which is what the caller has seen where it says so.
 * @throws {AirlockError} `not_found`, `precondition_failed`.
 */
async function seen(tx: AnySql, context: Context<GatewayEnv>): Promise<AgentRow> {
  const row = await findAgent(tx, context.get("caller"), { name: idOf(context, "agent") });
  requireMatch(context, viewAgent(row, context.get("tenant")));
  return row;
}
