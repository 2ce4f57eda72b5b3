import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { orderTools, updateTool } from "../../../accounts/collections/change_tools.ts";
import { findCollection, lockCollection } from "../../../accounts/collections/find_collection.ts";
import { listCollectionTools } from "../../../accounts/collections/list_collection_tools.ts";
import { visibleTo } from "../../../accounts/visible_to.ts";
import { learnTool } from "../../../registry/catalog/learn_tool.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import { enterTool, leaveTool } from "../../collection_entry.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import {
  addCollectionToolSchema,
  changeCollectionToolSchema,
  collectionToolSchema,
  orderToolsSchema,
} from "../../schemas/collection_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, asking, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }) });
const toolParams = params.extend({
  toolId: z.string().openapi({ example: "tool_0Nf3vPq8rT1xZ5bC7dE9gH" }),
});
const tools = z.object({ items: z.array(collectionToolSchema) }).openapi("CollectionTools");
const answers = {
  200: jsonContent(tools, "Tools of the collection, in order"),
  ...failureAnswers([400, 401, 403, 404, 409, 413, 415, 422]),
};

const list = createRoute({
  method: "get",
  path: "/api/collections/{id}/tools",
  summary: "Tools of a collection",
  description: "In its order; of private tools only the caller's own.",
  request: { params },
  responses: {
    200: jsonContent(tools, "Tools of the collection, in order"),
    ...failureAnswers([401, 403, 404]),
  },
});
const add = createRoute({
  method: "post",
  path: "/api/collections/{id}/tools",
  summary: "Add a tool to a collection",
  description: "At the end, pinned to the version that the catalog has of it now, which is " +
    "prepared first where nobody knows yet what it consists of.",
  request: { params, body: jsonBody(addCollectionToolSchema) },
  responses: { ...answers, ...failureAnswers([502, 503, 504]) },
});
const order = createRoute({
  method: "put",
  path: "/api/collections/{id}/tools",
  summary: "Order the tools of a collection",
  description: "The list names every tool of the collection, once.",
  request: { params, body: jsonBody(orderToolsSchema) },
  responses: answers,
});
const change = createRoute({
  method: "patch",
  path: "/api/collections/{id}/tools/{toolId}",
  summary: "Change how a tool stands in a collection",
  description: "Its name and note there. What the body leaves out stays.",
  request: { params: toolParams, body: jsonBody(changeCollectionToolSchema) },
  responses: answers,
});
const remove = createRoute({
  method: "delete",
  path: "/api/collections/{id}/tools/{toolId}",
  summary: "Take a tool out of a collection",
  description: "With its pin. The tool itself stays.",
  request: { params: toolParams },
  responses: answers,
});

/** `/api/collections/{id}/tools`: list, add, order, change and take out tools. */
export function addCollectionTools(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts, pins, describer, gate } = options;
  for (const route of [list, add, order, change, remove]) app.openAPIRegistry.registerPath(route);

  const answer = async (context: Context<GatewayEnv>, sql: AnySql) => {
    const caller = context.get("caller");
    const collection = await findCollection(sql, caller, { name: idOf(context, "collection") });
    const items = await listCollectionTools(sql, caller, { collectionId: collection.id });
    return { items };
  };
  /** Makes a change, and answers with what is there afterwards. */
  const after = async (
    context: Context<GatewayEnv>,
    changeTools: (tx: AnySql, collectionId: string) => Promise<void>,
    { toolId }: { readonly toolId?: string } = {},
  ) => {
    const collectionId = idOf(context, "collection");
    const shown = await accounts.sql.begin(async (tx: AnySql) => {
      await changeTools(tx, collectionId);
      return await answer(context, tx);
    });
    accounts.forgetThrough(collectionId);
    if (toolId !== undefined) pins?.drop({ collectionId, toolId });
    return context.json(shown);
  };

  app.get(
    list.getRoutingPath(),
    async (context) => context.json(await answer(context, accounts.sql)),
  );

  /** Before anything is prepared for it: whether the caller may put something there. */
  const learn = async (context: Context<GatewayEnv>, toolId: string) => {
    const { sql } = accounts;
    const id = idOf(context, "collection");
    await sql.begin((tx: AnySql) => lockCollection(tx, actorOf(context), { id }));
    // As for putting it there: a key that is held to collections adds what everybody sees.
    const looker = { ...context.get("caller"), collections: null };
    await learnTool(sql, {
      toolId,
      visible: visibleTo(sql, looker, { kind: "tool", table: "tool" }),
      describe: (wanted) => describer.describe(wanted, asking(context, options)),
    });
  };

  app.post(add.getRoutingPath(), gate.admit(), requireJson(), async (context) => {
    const wish = await bodyOf(context, addCollectionToolSchema, options);
    const { toolId } = wish;
    await learn(context, toolId);
    return await after(context, async (tx, collectionId) => {
      await enterTool(tx, actorOf(context), { collectionId, ...wish });
    }, { toolId });
  });

  app.put(order.getRoutingPath(), requireJson(), async (context) => {
    const { toolIds } = await bodyOf(context, orderToolsSchema, options);
    return await after(
      context,
      (tx, collectionId) => orderTools(tx, actorOf(context), { collectionId, toolIds }),
    );
  });

  app.patch(change.getRoutingPath(), requireJson(), async (context) => {
    const place = await bodyOf(context, changeCollectionToolSchema, options);
    const toolId = idOf(context, "tool", { param: "toolId" });
    return await after(
      context,
      (tx, collectionId) => updateTool(tx, actorOf(context), { collectionId, toolId, ...place }),
    );
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const toolId = idOf(context, "tool", { param: "toolId" });
    return await after(context, async (tx, collectionId) => {
      await leaveTool(tx, actorOf(context), { collectionId, toolId });
    }, { toolId });
  });
}
