import { z } from "@hono/zod-openapi";
import type { ToolFilter } from "../../registry/catalog/tool_filter.ts";
import { executeToolSchema } from "./execute_tool_schema.ts";
import { listQuerySchema } from "./list_schema.ts";
import { packageFields } from "./package_fields.ts";

const source = z.enum(["npm", "esm", "inline", "wasm", "mcp", "bridge", "http"]);
const runtime = z.enum(["deno", "quickjs", "extism"]);
const health = z.enum(["unknown", "healthy", "broken"]);
const visibility = z.enum(["public", "private"]);
const anyObject = z.custom<unknown>(() => true).openapi({ type: ["object", "null"] });
const time = z.string().openapi({ format: "date-time", example: "2026-11-28T03:22:01.000Z" });

/** A tool in a list. */
export const toolSummarySchema = z.object({
  id: z.string().openapi({ example: "tool_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  slug: z.string().openapi({ example: "tpmjs-tools-html-to-markdown-html-to-markdown-tool" }),
  name: z.string().openapi({ example: "htmlToMarkdownTool" }),
  packageName: z.string().openapi({ example: "@tpmjs/tools-html-to-markdown" }),
  version: z.string().openapi({ example: "0.1.0" }),
  source,
  description: z.string().openapi({ example: "Converts HTML to Markdown" }),
  category: z.string().nullable().openapi({ example: "web" }),
  visibility,
  runtimes: z.array(runtime),
  health,
  popularity: z.number().openapi({ example: 6.2, description: "By downloads, stars and likes" }),
}).openapi("ToolSummary");

/** All that is known of a tool. */
export const toolDetailSchema = toolSummarySchema.extend({
  packageId: z.string(),
  inputSchema: anyObject.openapi({ description: "JSON Schema of params; null: anything" }),
  outputSchema: anyObject,
  schemaStrategy: z.string().openapi({ example: "zod4" }),
  schemaWarnings: z.array(z.string()),
  definitionHash: z.string().openapi({ description: "SHA-256 of what it says of itself" }),
  findings: z.array(z.unknown()),
  keywords: z.array(z.string()),
  downloadsWeek: z.int().nullable(),
  stars: z.int().nullable(),
  artifact: z.string().nullable(),
  healthCheckedAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
}).openapi("Tool");

/** One version of a tool's package. */
export const toolVersionSchema = z.object({
  version: z.string().openapi({ example: "0.1.0" }),
  state: z.enum(["building", "ready", "failed"]),
  isLatest: z.boolean(),
  hasTool: z.boolean(),
  integrity: z.string().nullable(),
  artifact: z.string().nullable(),
  publishedAt: time.nullable(),
  createdAt: time,
}).openapi("ToolVersion");

/** How a tool did when it was tried. */
export const toolHealthSchema = z.object({
  health,
  checks: z.array(z.object({
    version: z.string(),
    kind: z.enum(["call", "load"]),
    ok: z.boolean(),
    code: z.string().nullable().openapi({ example: "tool_error" }),
    message: z.string().nullable(),
    durationMs: z.int(),
    checkedAt: time,
  })),
}).openapi("ToolHealth");

const filters = {
  category: z.string().min(1).max(100).optional().openapi({ example: "web" }),
  source: source.optional(),
  runtime: runtime.optional().describe("A kind of sandbox that can run it"),
  health: health.optional(),
  minPopularity: z.string().regex(/^\d{1,3}(?:\.\d{1,6})?$/, "needs a number").transform(Number)
    .optional().openapi({ type: "number", example: 2 }),
};

/** Query of `GET /api/tools`. */
export const listToolsQuery = listQuerySchema.extend(filters);

/** Query of `GET /api/tools/search`. */
export const searchToolsQuery = listToolsQuery.extend({
  q: z.string().min(1).max(200).openapi({ example: "html to markdown" }),
});

/** The filter that a query asks for. */
export function toolFilter(query: z.output<typeof listToolsQuery>): ToolFilter {
  const { category, source, runtime, health, minPopularity } = query;
  return { category, source, runtime, health, minPopularity };
}

/** Body of `POST /api/tools/execute/{slug}`: that of `/execute-tool` without what the slug says. */
export const executeSlugSchema = executeToolSchema.omit({
  ...{ packageName: true, version: true, name: true, source: true, importUrl: true },
  collection: true,
}).openapi("ExecuteSlugRequest");

/** Body of `POST /api/collections/{id}/call`: that of `/execute-tool`, by what the collection calls it. */
export const callCollectionSchema = executeSlugSchema.extend({
  tool: z.string().min(1).max(256).openapi({
    example: "tpmjs-tools-html-to-markdown-html-to-markdown-tool",
    description:
      "Slug, id, display name or own name of a tool of the collection, or its name over MCP where " +
      "it is another server's",
  }),
}).openapi("CallCollectionRequest");

/** Body of `POST /api/agents/{id}/call`: that of `/execute-tool`, by what the agent calls it. */
export const callAgentSchema = executeSlugSchema.extend({
  tool: z.string().min(1).max(256).openapi({
    example: "tpmjs-tools-html-to-markdown-html-to-markdown-tool",
    description:
      "Slug, id, display name or own name of a tool that the agent uses, or its name over MCP " +
      "where it is another server's",
  }),
}).openapi("CallAgentRequest");

/** Body of `POST /api/packages`. */
export const addPackageSchema = z.strictObject({
  packageName: packageFields.packageName,
  version: packageFields.version,
  source: z.enum(["npm", "esm", "auto"]).nullish(),
}).openapi("AddPackageRequest");

/** Body of `PATCH /api/tools/{id}`. */
export const changeToolSchema = z.strictObject({ visibility }).openapi("ChangeToolRequest");

/** What a package that was taken in offers. */
export const addedPackageSchema = z.object({
  packageName: z.string(),
  version: z.string(),
  source,
  tools: z.array(toolSummarySchema),
}).openapi("AddedPackage");
