import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  addBridgeTool,
  listBridgeTools,
  removeBridgeTool,
} from "../../../accounts/bridges/collection_bridge_tools.ts";
import { findCollection } from "../../../accounts/collections/find_collection.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { addBridgeToolSchema, collectionBridgeToolsSchema } from "../../schemas/bridge_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }) });
const toolParams = params.extend({
  toolId: z.string().openapi({ example: "btl_0Nf3vPq8rT1xZ5bC7dE9gH" }),
});
const shown = jsonContent(collectionBridgeToolsSchema, "The caller's own ones, in order");

const list = createRoute({
  method: "get",
  path: "/api/collections/{id}/bridge-tools",
  summary: "Bridge tools of a collection",
  description: "Tools of the caller's own machines. Nobody else sees or calls them, whoever may " +
    "see the collection.",
  request: { params },
  responses: { 200: shown, ...failureAnswers([401, 403, 404]) },
});
const add = createRoute({
  method: "post",
  path: "/api/collections/{id}/bridge-tools",
  summary: "Add a bridge tool to a collection",
  description: "As it is now: where it says something else of itself later, it is not called " +
    "until it is added again.",
  request: { params, body: jsonBody(addBridgeToolSchema) },
  responses: { 200: shown, ...failureAnswers([400, 401, 403, 404, 413, 415, 422]) },
});
const remove = createRoute({
  method: "delete",
  path: "/api/collections/{id}/bridge-tools/{toolId}",
  summary: "Take a bridge tool out of a collection",
  description: "The tool itself stays on its machine.",
  request: { params: toolParams },
  responses: { 200: shown, ...failureAnswers([401, 403, 404]) },
});

/** `/api/collections/{id}/bridge-tools`: list, add and take out tools of one's own machines. */
export function addCollectionBridgeTools(
  app: OpenAPIHono<GatewayEnv>,
  options: ApiOptions,
): void {
  const { accounts: { sql } } = options;
  for (const route of [list, add, remove]) app.openAPIRegistry.registerPath(route);

  const answer = async (context: Context<GatewayEnv>, read: AnySql) => {
    const caller = context.get("caller");
    const { id } = await findCollection(read, caller, { name: idOf(context, "collection") });
    return { items: await listBridgeTools(read, caller, { collectionId: id }) };
  };
  const after = async (
    context: Context<GatewayEnv>,
    change: (tx: AnySql, collectionId: string) => Promise<void>,
  ) => {
    const collectionId = idOf(context, "collection");
    return context.json(
      await sql.begin(async (tx: AnySql) => {
        await change(tx, collectionId);
        return await answer(context, tx);
      }),
    );
  };

  app.get(list.getRoutingPath(), async (context) => context.json(await answer(context, sql)));

  app.post(add.getRoutingPath(), requireJson(), async (context) => {
    const wish = await bodyOf(context, addBridgeToolSchema, options);
    return await after(
      context,
      (tx, collectionId) => addBridgeTool(tx, actorOf(context), { collectionId, ...wish }),
    );
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const toolId = idOf(context, "tool", { param: "toolId" });
    return await after(
      context,
      (tx, collectionId) => removeBridgeTool(tx, actorOf(context), { collectionId, toolId }),
    );
  });
}
