import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { lockCollection } from "../../../accounts/collections/find_collection.ts";
import { notFound } from "../../../accounts/require_permission.ts";
import { listSecrets } from "../../../accounts/secrets/list_secrets.ts";
import { removeSecret, storeSecret } from "../../../accounts/secrets/store_secret.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import { secretSchema, storeSecretSchema } from "../../schemas/secret_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }) });
const secretParams = params.extend({
  secretId: z.string().openapi({ example: "sec_0Nf3vPq8rT1xZ5bC7dE9gH" }),
});

const list = createRoute({
  method: "get",
  path: "/api/collections/{id}/secrets",
  summary: "Names of a collection's secrets",
  description: "By name. No route gives a value back.",
  request: { params, query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(secretSchema), "Secrets"),
    ...failureAnswers([400, 401, 403, 404]),
  },
});

const put = createRoute({
  method: "put",
  path: "/api/collections/{id}/secrets",
  summary: "Keep a secret with a collection",
  description: "In place of one of that name. Calls of the account through the collection get it " +
    "before one of that name of the account itself.",
  request: { params, body: jsonBody(storeSecretSchema) },
  responses: {
    200: jsonContent(secretSchema, "What is kept, without its value"),
    ...failureAnswers([400, 401, 403, 404, 412, 413, 415, 422]),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/collections/{id}/secrets/{secretId}",
  summary: "Forget a secret of a collection",
  description: "Calls that begin from now on go without it.",
  request: { params: secretParams },
  responses: { 200: jsonContent(secretSchema, "What it was"), ...failureAnswers([401, 403, 404]) },
});

/** `/api/collections/{id}/secrets`: list, keep and forget secrets of one collection of the account. */
export function addCollectionSecrets(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts } = options;
  const { sql, masterKeys } = accounts;
  for (const route of [list, put, remove]) app.openAPIRegistry.registerPath(route);

  app.get(list.getRoutingPath(), async (context) => {
    const page = pageOf(parseWith(listQuerySchema, context.req.query()));
    const collectionId = idOf(context, "collection");
    const found = await sql.begin(async (tx: AnySql) => {
      await lockCollection(tx, actorOf(context), { id: collectionId });
      return await listSecrets(tx, context.get("caller"), { ...oneMore(page), collectionId });
    });
    return context.json(listAnswer(found, page));
  });

  app.put(put.getRoutingPath(), requireJson(), async (context) => {
    const collectionId = idOf(context, "collection");
    const body = await bodyOf(context, storeSecretSchema, options);
    const secret = await sql.begin(async (tx: AnySql) => {
      // Held until the secret is there: it would outlive a collection that is removed meanwhile.
      await lockCollection(tx, actorOf(context), { id: collectionId });
      return await storeSecret(tx, actorOf(context), { ...body, collectionId, masterKeys });
    });
    accounts.forgetSecrets({ tenant: context.get("tenant"), collectionId });
    return context.json(secret);
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const collectionId = idOf(context, "collection");
    const id = idOf(context, "secret", { param: "secretId" });
    const secret = await sql.begin(async (tx: AnySql) => {
      await lockCollection(tx, actorOf(context), { id: collectionId });
      const gone = await removeSecret(tx, actorOf(context), { id });
      if (gone.collectionId !== collectionId) throw notFound("secret");
      return gone;
    });
    accounts.forgetSecrets({ tenant: context.get("tenant"), collectionId });
    return context.json(secret);
  });
}
