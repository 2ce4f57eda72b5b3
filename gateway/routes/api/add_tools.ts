import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { writeAudit } from "../../../accounts/audit/write_audit.ts";
import { addInline } from "../../../registry/catalog/inline/add_inline.ts";
import { recordPackage } from "../../../registry/catalog/record_package.ts";
import { toolsOfPackage } from "../../../registry/catalog/tools_of_package.ts";
import type { PackageDescription } from "../../../spec/description.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { addInlineSchema, inlineCode } from "../../schemas/add_tool_schema.ts";
import { readUploads } from "../../read_uploads.ts";
import { addedPackageSchema, addPackageSchema } from "../../schemas/tool_schemas.ts";
import { present } from "../../schemas/package_fields.ts";
import type { DescribeRequest } from "../../../spec/description.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, asking, bodyOf } from "./api_parts.ts";
import type { CatalogOptions } from "./catalog_parts.ts";

const bring = createRoute({
  method: "post",
  path: "/api/tools",
  summary: "Bring source or a plug-in as a tool",
  description:
    "Builds and probes JavaScript, TypeScript or a WebAssembly plug-in, and keeps it as a version " +
    "of a package that is private to the account. Call it by slug, or by packageName with source `inline`.",
  request: { body: jsonBody(addInlineSchema) },
  responses: {
    201: jsonContent(addedPackageSchema, "What it offers"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 422, 502, 503, 504]),
  },
});

const add = createRoute({
  method: "post",
  path: "/api/packages",
  summary: "Take a package of a registry into the catalog",
  description: "Builds and probes it, and makes its tools known to everybody.",
  request: { body: jsonBody(addPackageSchema) },
  responses: {
    201: jsonContent(addedPackageSchema, "What it offers"),
    ...failureAnswers([400, 401, 403, 413, 415, 502, 503, 504]),
  },
});

/** `POST /api/tools` and `POST /api/packages`: what makes tools known. */
export function addAddTools(app: OpenAPIHono<GatewayEnv>, options: CatalogOptions): void {
  const { catalog, describer, gate } = options;
  const { sql } = catalog;
  for (const route of [bring, add]) app.openAPIRegistry.registerPath(route);

  app.post(bring.getRoutingPath(), gate.admit(), requireJson(), async (context) => {
    const body = await bodyOf(context, addInlineSchema, options);
    const ownerId = context.get("caller").tenant;
    const code = await readUploads(inlineCode(body), options.plugins);
    const added = { code, ownerId, packageName: body.packageName ?? undefined };
    const description = await addInline(sql, added, {
      describe: (kept) =>
        describer.describe({ ...kept, source: "inline" }, asking(context, options)),
      onChange: catalog.onInlineChange,
    });
    return await answerAdded(context, description, options);
  });

  app.post(add.getRoutingPath(), gate.admit(), requireJson(), async (context) => {
    const body = await bodyOf(context, addPackageSchema, options);
    const wish = present<DescribeRequest>({ ...body });
    const description = await describer.describe(wish, asking(context, options));
    const { manifest, digest, lock } = description;
    await recordPackage(sql, { manifest, digest, lock, ownerId: null, visibility: "public" });
    return await answerAdded(context, description, options);
  });
}

async function answerAdded(
  context: Context<GatewayEnv>,
  { manifest }: PackageDescription,
  { catalog: { sql, callable } }: CatalogOptions,
): Promise<Response> {
  const { packageName, version, source } = manifest.resolved;
  const tools = await toolsOfPackage(sql, { source, packageName });
  for (const { slug } of tools) callable.drop(slug);
  await writeAudit(sql, actorOf(context), {
    action: "package.added",
    subject: { kind: "package", id: packageName },
    details: { version, source },
  });
  return context.json({ packageName, version, source, tools }, 201);
}
