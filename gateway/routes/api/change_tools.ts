import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { visibleTools } from "../../../accounts/visible_tools.ts";
import type { Context } from "hono";
import { writeAudit } from "../../../accounts/audit/write_audit.ts";
import { requirePermission } from "../../../accounts/require_permission.ts";
import { removePackage, setVisibility } from "../../../registry/catalog/change_package.ts";
import { lockOwner } from "../../../registry/catalog/lock_owner.ts";
import { readTool } from "../../../registry/catalog/read_tool.ts";
import type { ToolDetail } from "../../../registry/catalog/tool_summary.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { requireMatch, respondOne } from "../../respond_one.ts";
import { changeToolSchema, toolDetailSchema } from "../../schemas/tool_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, bodyOf } from "./api_parts.ts";
import { type CatalogOptions, toolOf, toolParams } from "./catalog_parts.ts";

const change = createRoute({
  method: "patch",
  path: "/api/tools/{id}",
  summary: "Publish a tool, or take it back",
  description: "With all tools of its package: who can call one can read the code of all. With " +
    "`If-Match`, only what was seen is changed.",
  request: { params: toolParams, body: jsonBody(changeToolSchema) },
  responses: {
    200: jsonContent(toolDetailSchema, "The tool"),
    ...failureAnswers([400, 401, 403, 404, 412, 413, 415]),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/tools/{id}",
  summary: "Remove a tool with its package",
  description: "All tools of the package go. Collections lose them. With `If-Match`, only what " +
    "was seen is removed.",
  request: { params: toolParams },
  responses: { 204: { description: "Removed" }, ...failureAnswers([401, 403, 404, 412]) },
});

/** `PATCH` and `DELETE /api/tools/{id}`: for whoever the tool belongs to. */
export function addChangeTools(app: OpenAPIHono<GatewayEnv>, options: CatalogOptions): void {
  const { catalog } = options;
  const { sql } = catalog;
  for (const route of [change, remove]) app.openAPIRegistry.registerPath(route);

  app.patch(change.getRoutingPath(), requireJson(), async (context) => {
    const { visibility } = await bodyOf(context, changeToolSchema, options);
    const tool = await sql.begin(async (tx: AnySql) => {
      const tool = await ownTool(tx, context);
      await setVisibility(tx, { packageId: tool.packageId, visibility });
      await writeAudit(tx, actorOf(context), {
        action: visibility === "public" ? "tool.published" : "tool.unpublished",
        subject: { kind: "tool", id: tool.id },
      });
      return tool;
    });
    forget(tool, options);
    const visible = visibleTools(sql, context.get("caller"));
    return respondOne(context, await readTool(sql, { tool: tool.id, visible }));
  });

  app.delete(remove.getRoutingPath(), async (context) => {
    const tool = await sql.begin(async (tx: AnySql) => {
      const tool = await ownTool(tx, context);
      await removePackage(tx, tool.packageId);
      await writeAudit(tx, actorOf(context), {
        action: "tool.removed",
        subject: { kind: "tool", id: tool.id },
      });
      return tool;
    });
    forget(tool, options);
    return context.body(null, 204);
  });
}

/**
 * The tool of the path, which is the caller's, and what the caller has seen where it says so. Nobody
 * else changes it before the transaction ends.
 * @throws {AirlockError} `tool_not_found`, `precondition_failed`, `permission_denied` for what is
 * another's.
 */
async function ownTool(tx: AnySql, context: Context<GatewayEnv>): Promise<ToolDetail> {
  const visible = () => visibleTools(tx, context.get("caller"));
  const { id, packageId } = await readTool(tx, { tool: toolOf(context), visible: visible() });
  const tenant = await lockOwner(tx, packageId);
  // Read again: whoever held the lock may have changed it.
  const tool = await readTool(tx, { tool: id, visible: visible() });
  // What is of a public registry is looked after by whoever looks after the system.
  const kind = tenant === null ? "package" : "tool";
  requirePermission(context.get("caller"), "write", { kind, tenant, visibility: tool.visibility });
  requireMatch(context, tool);
  return tool;
}

function forget(tool: ToolDetail, { catalog }: CatalogOptions): void {
  catalog.callable.drop(tool.slug);
  catalog.onInlineChange(tool.packageName);
}
