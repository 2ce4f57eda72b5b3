import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import {
  createCollection,
  removeCollection,
  updateCollection,
} from "../../../accounts/collections/change_collection.ts";
import {
  type CollectionRow,
  viewCollection,
} from "../../../accounts/collections/collection_record.ts";
import { findCollection, listCollections } from "../../../accounts/collections/find_collection.ts";
import { likeCollection } from "../../../accounts/collections/like_collection.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import { removePins } from "../../../registry/pins/enter_pin.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { requireMatch, respondOne } from "../../respond_one.ts";
import {
  changeCollectionSchema,
  collectionSchema,
  createCollectionSchema,
} from "../../schemas/collection_schemas.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { checkWanted } from "./executors.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }) });

/** Query of lists of what accounts keep and may share. */
export const sharedListSchema = listQuerySchema.extend({
  of: z.enum(["own", "public"]).default("own")
    .openapi({ description: "The account's own, or what everybody shares" }),
});

const list = createRoute({
  method: "get",
  path: "/api/collections",
  summary: "Collections",
  description: "Newest first.",
  request: { query: sharedListSchema },
  responses: {
    200: jsonContent(listSchema(collectionSchema), "Collections"),
    ...failureAnswers([400, 401, 403]),
  },
});

const create = createRoute({
  method: "post",
  path: "/api/collections",
  summary: "Make a collection",
  description: "Empty at first. An executor is checked before it is kept.",
  request: { body: jsonBody(createCollectionSchema) },
  responses: {
    201: jsonContent(collectionSchema, "The collection"),
    ...failureAnswers([400, 401, 403, 404, 409, 413, 415, 422, 502]),
  },
});

const get = createRoute({
  method: "get",
  path: "/api/collections/{id}",
  summary: "One collection",
  description: "The executor is shown to its own account only.",
  request: { params },
  responses: {
    200: jsonContent(collectionSchema, "The collection"),
    ...failureAnswers([401, 403, 404]),
  },
});

const change = createRoute({
  method: "patch",
  path: "/api/collections/{id}",
  summary: "Change a collection",
  description: "What the body leaves out stays. With `If-Match`, only what was seen is changed.",
  request: { params, body: jsonBody(changeCollectionSchema) },
  responses: {
    200: jsonContent(collectionSchema, "The collection"),
    ...failureAnswers([400, 401, 403, 404, 409, 412, 413, 415, 502]),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/collections/{id}",
  summary: "Remove a collection",
  description: "With its secrets. Its tools are not removed.",
  request: { params },
  responses: {
    200: jsonContent(collectionSchema, "What it was"),
    ...failureAnswers([401, 403, 404, 412]),
  },
});

const likes = z.object({ likes: z.int() }).openapi("Likes");
const like = createRoute({
  method: "put",
  path: "/api/collections/{id}/like",
  summary: "Like a collection",
  description: "Once for each account. Doing it again changes nothing.",
  request: { params },
  responses: { 200: jsonContent(likes, "How many do"), ...failureAnswers([401, 403, 404]) },
});
const unlike = createRoute({
  method: "delete",
  path: "/api/collections/{id}/like",
  summary: "No longer like a collection",
  description: "Where the account does not like it, nothing changes.",
  request: { params },
  responses: { 200: jsonContent(likes, "How many do"), ...failureAnswers([401, 403, 404]) },
});

/** `/api/collections`: list, make, show, change, remove and like collections. */
export function addCollections(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts } = options;
  for (const route of [list, create, get, change, remove, like, unlike]) {
    app.openAPIRegistry.registerPath(route);
  }

  app.get(list.getRoutingPath(), async (context) => {
    const { of, ...query } = parseWith(sharedListSchema, context.req.query());
    const page = pageOf(query);
    const { tenant } = context.get("caller");
    const rows = await listCollections(accounts.sql, context.get("caller"), {
      ...oneMore(page),
      of,
    });
    return context.json(listAnswer(rows.map((row) => viewCollection(row, tenant)), page));
  });

  app.post(create.getRoutingPath(), requireJson(), async (context) => {
    const wish = await bodyOf(context, createCollectionSchema, options);
    await checkWanted(context, { executor: wish.executor }, options);
    const row = await accounts.sql.begin((tx: AnySql) =>
      createCollection(tx, actorOf(context), wish)
    );
    return context.json(viewCollection(row, context.get("tenant")), 201);
  });

  app.get(get.getRoutingPath(), async (context) => {
    const name = idOf(context, "collection");
    const row = await findCollection(accounts.sql, context.get("caller"), { name });
    return respondOne(context, viewCollection(row, context.get("tenant")));
  });

  app.patch(change.getRoutingPath(), requireJson(), async (context) => {
    const wish = await bodyOf(context, changeCollectionSchema, options);
    const collectionId = idOf(context, "collection");
    await checkWanted(context, { executor: wish.executor, collectionId }, options);
    const row = await accounts.sql.begin(async (tx: AnySql) => {
      const { id, revision } = await seen(tx, context);
      return await updateCollection(tx, actorOf(context), { id, revision, wish });
    });
    accounts.forgetThrough(row.id);
    return respondOne(context, viewCollection(row, context.get("tenant")));
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const row = await accounts.sql.begin(async (tx: AnySql) => {
      const found = await seen(tx, context);
      await removeCollection(tx, actorOf(context), found);
      await removePins(tx, { collectionId: found.id });
      return found;
    });
    const { owner_id: tenant, id: collectionId } = row;
    accounts.forgetSecrets({ tenant, collectionId });
    accounts.forgetThrough(collectionId);
    return context.json(viewCollection(row, context.get("tenant")));
  });

  for (const [route, wanted] of [[like, true], [unlike, false]] as const) {
    app.on(route.method, route.getRoutingPath(), async (context) => {
      const id = idOf(context, "collection");
      const count = await accounts.sql.begin((tx: AnySql) =>
        likeCollection(tx, actorOf(context), { id, likes: wanted })
      );
      return context.json({ likes: count });
    });
  }
}

/**
 * The collection of the path as it is now, which is what the caller has seen where it says so.
 * @throws {AirlockError} `not_found`, `precondition_failed`.
 */
async function seen(
  tx: AnySql,
  context: Parameters<typeof idOf>[0],
): Promise<CollectionRow> {
  const name = idOf(context, "collection");
  const row = await findCollection(tx, context.get("caller"), { name });
  requireMatch(context, viewCollection(row, context.get("tenant")));
  return row;
}
