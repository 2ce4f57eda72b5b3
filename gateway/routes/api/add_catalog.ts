import type { OpenAPIHono } from "@hono/zod-openapi";
import type { GatewayEnv } from "../../gateway_env.ts";
import { addAddTools } from "./add_tools.ts";
import type { CatalogOptions } from "./catalog_parts.ts";
import { addChangeTools } from "./change_tools.ts";
import { addEngage } from "./engage.ts";
import { addExecuteSlug } from "./execute_slug.ts";
import { addTools } from "./tools.ts";

/** Everything below `/api` that is about the tools that are known. */
export function addCatalog(app: OpenAPIHono<GatewayEnv>, options: CatalogOptions): void {
  addTools(app, options);
  addAddTools(app, options);
  addChangeTools(app, options);
  addExecuteSlug(app, options);
  addEngage(app, options);
}
