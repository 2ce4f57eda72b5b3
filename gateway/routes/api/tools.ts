import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { visibleTools } from "../../../accounts/visible_tools.ts";
import { listChecks } from "../../../registry/catalog/health/list_checks.ts";
import { listTools } from "../../../registry/catalog/list_tools.ts";
import { listVersions } from "../../../registry/catalog/list_versions.ts";
import { readTool } from "../../../registry/catalog/read_tool.ts";
import { searchTools } from "../../../registry/catalog/search_tools.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { respondOne } from "../../respond_one.ts";
import { listQuerySchema, listSchema } from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import {
  listToolsQuery,
  searchToolsQuery,
  toolDetailSchema,
  toolFilter,
  toolHealthSchema,
  toolSummarySchema,
  toolVersionSchema,
} from "../../schemas/tool_schemas.ts";
import { failureAnswers, jsonContent } from "../route_parts.ts";
import { type CatalogOptions, toolOf, toolParams } from "./catalog_parts.ts";

const DEFAULT_ITEMS = 50;

const list = createRoute({
  method: "get",
  path: "/api/tools",
  summary: "Tools",
  description: "What the caller may see of tools of every source, the most popular first.",
  request: { query: listToolsQuery },
  responses: {
    200: jsonContent(listSchema(toolSummarySchema), "Tools"),
    ...failureAnswers([400, 401, 403]),
  },
});

const search = createRoute({
  method: "get",
  path: "/api/tools/search",
  summary: "Look for tools",
  description:
    "By words, which may be misspelt. Names count for more than descriptions; what fits " +
    "alike is ordered by popularity. At most 200 tools are found.",
  request: { query: searchToolsQuery },
  responses: {
    200: jsonContent(listSchema(toolSummarySchema), "Tools, the best first"),
    ...failureAnswers([400, 401, 403]),
  },
});

const get = createRoute({
  method: "get",
  path: "/api/tools/{id}",
  summary: "One tool",
  description: "By id or slug, with its schemas and what a scan of its definition found.",
  request: { params: toolParams },
  responses: { 200: jsonContent(toolDetailSchema, "The tool"), ...failureAnswers([401, 403, 404]) },
});

const versions = createRoute({
  method: "get",
  path: "/api/tools/{id}/versions",
  summary: "Versions of a tool's package",
  description: "The last one seen first.",
  request: { params: toolParams, query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(toolVersionSchema), "Versions, the last one seen first"),
    ...failureAnswers([400, 401, 403, 404]),
  },
});

const health = createRoute({
  method: "get",
  path: "/api/tools/{id}/health",
  summary: "How a tool did when it was tried",
  description: "How the tool did when it was tried, the last time first.",
  request: { params: toolParams },
  responses: {
    200: jsonContent(toolHealthSchema, "Its health, and the last times it was tried"),
    ...failureAnswers([401, 403, 404]),
  },
});

/** `GET /api/tools` and below: list, search and show tools. */
export function addTools(app: OpenAPIHono<GatewayEnv>, { catalog: { sql } }: CatalogOptions): void {
  for (const route of [list, search, get, versions, health]) {
    app.openAPIRegistry.registerPath(route);
  }

  app.get(list.getRoutingPath(), async (context) => {
    const query = parseWith(listToolsQuery, context.req.query());
    const { limit = DEFAULT_ITEMS, cursor } = query;
    const visible = visibleTools(sql, context.get("caller"));
    return context.json(
      await listTools(sql, { filter: toolFilter(query), visible, limit, cursor }),
    );
  });

  app.get(search.getRoutingPath(), async (context) => {
    const query = parseWith(searchToolsQuery, context.req.query());
    const { limit = DEFAULT_ITEMS, cursor, q } = query;
    const visible = visibleTools(sql, context.get("caller"));
    const wanted = { query: q, filter: toolFilter(query), visible, limit, cursor };
    return context.json(await searchTools(sql, wanted));
  });

  app.get(get.getRoutingPath(), async (context) => {
    const visible = visibleTools(sql, context.get("caller"));
    return respondOne(context, await readTool(sql, { tool: toolOf(context), visible }));
  });

  app.get(health.getRoutingPath(), async (context) => {
    const visible = visibleTools(sql, context.get("caller"));
    return respondOne(context, await listChecks(sql, { tool: toolOf(context), visible }));
  });

  app.get(versions.getRoutingPath(), async (context) => {
    const { limit = DEFAULT_ITEMS, cursor } = parseWith(listQuerySchema, context.req.query());
    const visible = visibleTools(sql, context.get("caller"));
    const options = { tool: toolOf(context), visible, limit, cursor };
    return context.json(await listVersions(sql, options));
  });
}
