import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { notFound } from "../../../accounts/require_permission.ts";
import type { CatalogPorts } from "../../catalog_ports.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import type { GatewayOptions } from "../../gateway_options.ts";

/** What the routes of the catalog are made of. */
export interface CatalogOptions extends GatewayOptions {
  readonly catalog: CatalogPorts;
}

/** Path of a tool. */
export const toolParams = z.object({
  id: z.string().openapi({
    example: "tool_0Nf3vPq8rT1xZ5bC7dE9gH",
    description: "Id or slug of the tool",
  }),
});

/**
 * The id or slug in a request's path.
 * @throws {AirlockError} as for a tool that is not there, where it can be neither.
 */
export function toolOf(context: Context<GatewayEnv>): string {
  const tool = context.req.param("id") ?? "";
  if (/^(?:tool_[0-9A-Za-z]{22}|[a-z0-9][a-z0-9-]{0,95})$/.test(tool)) return tool;
  throw notFound("tool");
}
