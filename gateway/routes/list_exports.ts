import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { requireJson } from "../middleware/require_json.ts";
import { describePackageSchema } from "../schemas/describe_tool_schema.ts";
import { describeFromBody } from "./describe_from_body.ts";
import { failureAnswers, jsonBody, jsonContent } from "./route_parts.ts";

const answerSchema = z.object({
  success: z.literal(true),
  packageName: z.string(),
  version: z.string(),
  exports: z.array(z.string()),
  tools: z.array(z.object({
    name: z.string(),
    exportName: z.string(),
    description: z.string(),
    isValidTool: z.literal(true),
  })),
}).openapi("ListExportsAnswer");

const route = createRoute({
  method: "post",
  path: "/list-exports",
  summary: "List a package's exports (older contract)",
  description: "Loads a package and lists what it exports, as older platforms ask for it.",
  request: { body: jsonBody(describePackageSchema) },
  responses: {
    200: jsonContent(answerSchema, "Every export, and those that are tools"),
    ...failureAnswers([400, 401, 403, 413, 415, 500, 502, 503, 504]),
  },
});

/** `POST /list-exports`: the older contract's question about a whole package. */
export function addListExports(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, options.gate.admit(), requireJson(), async (context) => {
    const { description } = await describeFromBody(context, describePackageSchema, options);
    const { resolved, tools, otherExports } = description.manifest;
    return context.json({
      success: true,
      packageName: resolved.packageName,
      version: resolved.version,
      exports: [...tools.map((tool) => tool.name), ...otherExports],
      tools: tools.map(({ name, description: text }) => ({
        name,
        exportName: name,
        description: text,
        isValidTool: true,
      })),
    });
  });
}
