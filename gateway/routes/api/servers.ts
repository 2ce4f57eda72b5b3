import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { removeServer, updateServer } from "../../../accounts/servers/change_server.ts";
import {
  listServers,
  lockServer,
  requireServers,
  type ServerTarget,
} from "../../../accounts/servers/find_server.ts";
import { viewServer } from "../../../accounts/servers/server_record.ts";
import { notFound } from "../../../accounts/require_permission.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { requireMatch, respondOne } from "../../respond_one.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import {
  acceptToolsSchema,
  addServerSchema,
  changeServerSchema,
  serverLookSchema,
  serverSchema,
  serverToolsSchema,
} from "../../schemas/server_schemas.ts";
import type { ServerLook } from "../../servers/server_desk.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const params = z.object({ id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }) });
const serverParams = params.extend({
  serverId: z.string().openapi({ example: "srv_0Nf3vPq8rT1xZ5bC7dE9gH" }),
});

const list = createRoute({
  method: "get",
  path: "/api/collections/{id}/servers",
  summary: "Other MCP servers of a collection",
  description: "The oldest first. Shown to the collection's own account only.",
  request: { params, query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(serverSchema), "Servers"),
    ...failureAnswers([400, 401, 403, 404]),
  },
});

const add = createRoute({
  method: "post",
  path: "/api/collections/{id}/servers",
  summary: "Add another MCP server to a collection",
  description:
    "Connects to it and pins the tools that it lists. One that does not answer is kept, " +
    "and asked again later. Headers are for whoever looks after the account.",
  request: { params, body: jsonBody(addServerSchema) },
  responses: {
    201: jsonContent(serverLookSchema, "The server, and how it was found to be"),
    ...failureAnswers([400, 401, 403, 404, 409, 412, 413, 415, 422, 429]),
  },
});

const change = createRoute({
  method: "patch",
  path: "/api/collections/{id}/servers/{serverId}",
  summary: "Change a server",
  description:
    "What the body leaves out stays. With `If-Match`, only what was seen is changed. A " +
    "server that has headers is moved by whoever looks after the account only.",
  request: { params: serverParams, body: jsonBody(changeServerSchema) },
  responses: {
    200: jsonContent(serverSchema, "The server"),
    ...failureAnswers([400, 401, 403, 404, 409, 412, 413, 415]),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/collections/{id}/servers/{serverId}",
  summary: "Take a server out of a collection",
  description: "With its tools and its headers. Names of its tools are not given again.",
  request: { params: serverParams },
  responses: { 200: jsonContent(serverSchema, "What it was"), ...failureAnswers([401, 403, 404]) },
});

const test = createRoute({
  method: "post",
  path: "/api/collections/{id}/servers/{serverId}/test",
  summary: "Look at a server",
  description: "Connects to it anew and lists its tools: those that are pinned, and what waits; " +
    "and how much else it offers.",
  request: { params: serverParams },
  responses: {
    200: jsonContent(serverLookSchema, "How it was found to be"),
    ...failureAnswers([401, 403, 404, 429]),
  },
});

const accept = createRoute({
  method: "post",
  path: "/api/collections/{id}/servers/{serverId}/accept",
  summary: "Accept tools of a server",
  description:
    "Names what was looked at by its digests. Where that is not there any more, nothing " +
    "happens.",
  request: { params: serverParams, body: jsonBody(acceptToolsSchema) },
  responses: {
    200: jsonContent(serverToolsSchema, "The server and its tools as they are now"),
    ...failureAnswers([400, 401, 403, 404, 412, 413, 415]),
  },
});

/** `/api/collections/{id}/servers`: other MCP servers whose tools a collection offers. */
export function addServers(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts, upstreams, gate } = options;
  const { sql, masterKeys } = accounts;
  // Loaded with the first request that looks at a server.
  const openDesk = async () => {
    const { ServerDesk } = await import("../../servers/server_desk.ts");
    return new ServerDesk({ accounts, upstreams });
  };
  for (const route of [list, add, change, remove, test, accept]) {
    app.openAPIRegistry.registerPath(route);
  }

  app.get(list.getRoutingPath(), async (context) => {
    const page = pageOf(parseWith(listQuerySchema, context.req.query()));
    const { id: collectionId } = await requireServers(sql, context.get("caller"), {
      ...{ collectionId: idOf(context, "collection"), action: "read" },
    });
    const rows = await listServers(sql, { collectionId, ...oneMore(page) });
    return context.json(listAnswer(rows.map(viewServer), page));
  });

  app.post(add.getRoutingPath(), gate.admit(), requireJson(), async (context) => {
    const collectionId = idOf(context, "collection");
    const wish = await bodyOf(context, addServerSchema, options);
    const look = await (await openDesk()).add(actorOf(context), { collectionId, wish });
    return context.json(shownLook(look), 201);
  });

  app.patch(change.getRoutingPath(), requireJson(), async (context) => {
    const target = targetOf(context);
    const wish = await bodyOf(context, changeServerSchema, options);
    const row = await sql.begin(async (tx: AnySql) => {
      const actor = actorOf(context);
      requireMatch(context, viewServer(await lockServer(tx, actor, target)));
      return await updateServer(tx, actor, { ...target, wish, masterKeys });
    });
    return respondOne(context, viewServer(row));
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const target = targetOf(context);
    const row = await sql.begin((tx: AnySql) => removeServer(tx, actorOf(context), target));
    return context.json(viewServer(row));
  });

  app.post(test.getRoutingPath(), gate.admit(), async (context) => {
    const target = targetOf(context);
    return context.json(shownLook(await (await openDesk()).test(actorOf(context), target)));
  });

  app.post(accept.getRoutingPath(), requireJson(), async (context) => {
    const target = targetOf(context);
    const { tools } = await bodyOf(context, acceptToolsSchema, options);
    const desk = await openDesk();
    const { row, tools: now } = await desk.accept(actorOf(context), { ...target, tools });
    return context.json({ server: viewServer(row), tools: now });
  });
}

/** How a server was found to be, as it is told. */
function shownLook({ row, tools, offers, failure, stderr }: ServerLook) {
  return {
    ...{ server: viewServer(row), tools, offers, stderr },
    failure: failure === null
      ? null
      : { code: failure.code, error: failure.message, suggestion: failure.suggestion ?? null },
  };
}

/** The server that a request's path names. @throws {AirlockError} `not_found`. */
export function targetOf(context: Context<GatewayEnv>): ServerTarget {
  const server = context.req.param("serverId") ?? "";
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(server)) throw notFound("server");
  return { collectionId: idOf(context, "collection"), server };
}
