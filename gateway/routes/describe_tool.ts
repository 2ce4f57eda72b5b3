import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { PackageDescription } from "../../spec/description.ts";
import type { ToolDefinition } from "../../spec/tool.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { requireJson } from "../middleware/require_json.ts";
import { describeAnswerSchema } from "../schemas/answer_schemas.ts";
import { describePackageSchema } from "../schemas/describe_tool_schema.ts";
import { describeFromBody } from "./describe_from_body.ts";
import { pickTool } from "./pick_tool.ts";
import { failureAnswers, jsonBody, jsonContent } from "./route_parts.ts";

const route = createRoute({
  method: "post",
  path: "/describe-tool",
  summary: "Say what a package offers",
  description: "Prepares the package where needed and lists its tools with their schemas, the " +
    "environment it reads, what its code uses, what it asks for, and which runtimes can run it.",
  request: { body: jsonBody(describePackageSchema) },
  responses: {
    200: jsonContent(describeAnswerSchema, "What the package offers"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 500, 502, 503, 504]),
  },
});

/** `POST /describe-tool`: everything known about a package or one tool of it. */
export function addDescribeTool(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, options.gate.admit(), requireJson(), async (context) => {
    const { body, description } = await describeFromBody(context, describePackageSchema, options);
    const { tools } = description.manifest;
    return context.json(
      describeAnswer(description, body.name ? [pickTool(description, body.name)] : tools),
    );
  });
}

/** What the describing routes answer about a package. */
export function describeAnswer(description: PackageDescription, tools: readonly ToolDefinition[]) {
  const { manifest } = description;
  return {
    success: true,
    packageName: manifest.resolved.packageName,
    version: manifest.resolved.version,
    source: manifest.resolved.source,
    artifact: description.digest,
    sizeBytes: description.sizeBytes,
    description: manifest.description,
    category: manifest.category,
    tools,
    otherExports: manifest.otherExports,
    env: manifest.env,
    needs: manifest.needs,
    uses: manifest.uses,
    runtimes: manifest.runtimes,
    warnings: manifest.warnings,
  } as const;
}
