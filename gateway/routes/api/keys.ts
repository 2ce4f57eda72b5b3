import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AnySql } from "../../../registry/database/database.ts";
import { revokeKey, rotateKey } from "../../../accounts/keys/change_key.ts";
import { createKey, type NewKey } from "../../../accounts/keys/create_key.ts";
import { viewKey } from "../../../accounts/keys/key_record.ts";
import { requireCollections } from "../../../accounts/keys/require_collections.ts";
import { findKey, listKeys } from "../../../accounts/keys/read_keys.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { respondOne } from "../../respond_one.ts";
import {
  createKeySchema,
  keySchema,
  newKeySchema,
  rotateKeySchema,
} from "../../schemas/key_schemas.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "key_0Nf3vPq8rT1xZ5bC7dE9gH" }) });

const list = createRoute({
  method: "get",
  path: "/api/keys",
  summary: "API keys of the account",
  description: "Newest first, without the keys themselves.",
  request: { query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(keySchema), "Keys"),
    ...failureAnswers([400, 401, 403]),
  },
});

const create = createRoute({
  method: "post",
  path: "/api/keys",
  summary: "Make an API key",
  description: "Answers with the key, once: only its digest is kept. It never allows more than " +
    "whoever makes it may do, nor more often, unless an admin makes it.",
  request: { body: jsonBody(createKeySchema) },
  responses: {
    201: jsonContent(newKeySchema, "The key"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 422]),
  },
});

const get = createRoute({
  method: "get",
  path: "/api/keys/{id}",
  summary: "One API key",
  description: "Without the key itself, which nobody has but who made it.",
  request: { params },
  responses: { 200: jsonContent(keySchema, "The key"), ...failureAnswers([401, 403, 404]) },
});

const revoke = createRoute({
  method: "delete",
  path: "/api/keys/{id}",
  summary: "Revoke an API key",
  description:
    "At once; within a second on other nodes where they do not hear of it. It stays in the " +
    "list.",
  request: { params },
  responses: { 200: jsonContent(keySchema, "The key"), ...failureAnswers([401, 403, 404]) },
});

const rotate = createRoute({
  method: "post",
  path: "/api/keys/{id}/rotate",
  summary: "Replace an API key",
  description: "Answers with a successor that may do the same; the old key goes on for a while.",
  request: { params, body: jsonBody(rotateKeySchema) },
  responses: {
    201: jsonContent(newKeySchema, "The successor"),
    ...failureAnswers([400, 401, 403, 404, 409, 413, 415]),
  },
});

/** `/api/keys`: list, make, show, revoke and rotate API keys. */
export function addKeys(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts } = options;
  for (const route of [list, create, get, revoke, rotate]) app.openAPIRegistry.registerPath(route);

  app.get(list.getRoutingPath(), async (context) => {
    const page = pageOf(parseWith(listQuerySchema, context.req.query()));
    const rows = await listKeys(accounts.sql, context.get("caller"), oneMore(page));
    const now = new Date();
    return context.json(listAnswer(rows.map((row) => viewKey(row, now)), page));
  });

  app.post(create.getRoutingPath(), requireJson(), async (context) => {
    const { collections = null, ceiling = {}, expiresAt, ...body } = await bodyOf(
      context,
      createKeySchema,
      options,
    );
    const wish = {
      ...body,
      collections,
      ceiling,
      expiresAt: expiresAt ? new Date(expiresAt) : null,
    };
    await requireCollections(accounts.sql, context.get("caller"), { ids: collections ?? [] });
    const made = await accounts.sql.begin((tx: AnySql) => createKey(tx, actorOf(context), wish));
    context.set("answerKeeping", "never");
    return context.json(shown(made), 201);
  });

  app.get(get.getRoutingPath(), async (context) => {
    const id = idOf(context, "key");
    const row = await findKey(accounts.sql, context.get("caller"), { id });
    return respondOne(context, viewKey(row, new Date()));
  });

  app.delete(revoke.getRoutingPath(), async (context) => {
    const id = idOf(context, "key");
    const row = await accounts.sql.begin((tx: AnySql) => revokeKey(tx, actorOf(context), { id }));
    accounts.forgetKey(id);
    return context.json(viewKey(row, new Date()));
  });

  app.post(rotate.getRoutingPath(), requireJson(), async (context) => {
    const id = idOf(context, "key");
    const { overlapSeconds } = await bodyOf(context, rotateKeySchema, options);
    const rotation = { id, overlapMs: overlapSeconds * 1_000 };
    const made = await accounts.sql.begin((tx: AnySql) =>
      rotateKey(tx, actorOf(context), rotation)
    );
    accounts.forgetKey(id);
    context.set("answerKeeping", "never");
    return context.json(shown(made), 201);
  });
}

function shown({ row, token }: NewKey) {
  return { key: viewKey(row, new Date()), token };
}
