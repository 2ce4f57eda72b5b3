import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AnySql } from "../../../registry/database/database.ts";
import { listSecrets } from "../../../accounts/secrets/list_secrets.ts";
import { removeSecret, storeSecret } from "../../../accounts/secrets/store_secret.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { secretSchema, storeSecretSchema } from "../../schemas/secret_schemas.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "sec_0Nf3vPq8rT1xZ5bC7dE9gH" }) });

const list = createRoute({
  method: "get",
  path: "/api/secrets",
  summary: "Names of the account's secrets",
  description: "By name. No route gives a value back.",
  request: { query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(secretSchema), "Secrets"),
    ...failureAnswers([400, 401, 403]),
  },
});

const put = createRoute({
  method: "put",
  path: "/api/secrets",
  summary: "Keep a secret",
  description: "In place of one of that name. Tools of the account's calls get it as an " +
    "environment variable where their package declares it.",
  request: { body: jsonBody(storeSecretSchema) },
  responses: {
    200: jsonContent(secretSchema, "What is kept, without its value"),
    ...failureAnswers([400, 401, 403, 412, 413, 415, 422]),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/secrets/{id}",
  summary: "Forget a secret",
  description: "Calls from now on do not get it.",
  request: { params },
  responses: { 200: jsonContent(secretSchema, "What it was"), ...failureAnswers([401, 403, 404]) },
});

/** `/api/secrets`: list, keep and forget secrets of the account. */
export function addSecrets(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts } = options;
  const { masterKeys } = accounts;
  for (const route of [list, put, remove]) app.openAPIRegistry.registerPath(route);

  app.get(list.getRoutingPath(), async (context) => {
    const page = pageOf(parseWith(listQuerySchema, context.req.query()));
    const found = await listSecrets(accounts.sql, context.get("caller"), oneMore(page));
    return context.json(listAnswer(found, page));
  });

  app.put(put.getRoutingPath(), requireJson(), async (context) => {
    const body = await bodyOf(context, storeSecretSchema, options);
    const wish = { ...body, collectionId: null, masterKeys };
    const secret = await accounts.sql.begin((tx: AnySql) =>
      storeSecret(tx, actorOf(context), wish)
    );
    accounts.forgetSecrets({ tenant: context.get("tenant"), collectionId: null });
    return context.json(secret);
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const id = idOf(context, "secret");
    const secret = await accounts.sql.begin((tx: AnySql) =>
      removeSecret(tx, actorOf(context), { id })
    );
    const { collectionId } = secret;
    accounts.forgetSecrets({ tenant: context.get("tenant"), collectionId });
    return context.json(secret);
  });
}
