import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { requireJson } from "../middleware/require_json.ts";
import { loadAndDescribeSchema } from "../schemas/describe_tool_schema.ts";
import { describeFromBody } from "./describe_from_body.ts";
import { pickTool } from "./pick_tool.ts";
import { failureAnswers, jsonBody, jsonContent } from "./route_parts.ts";

/** What a platform that knows no schema for a tool stores: anything is passed on. */
const ANYTHING = { type: "object", properties: {}, additionalProperties: true } as const;

const answerSchema = z.object({
  success: z.literal(true),
  tool: z.object({
    exportName: z.string(),
    description: z.string(),
    inputSchema: z.custom<unknown>(() => true).openapi({ type: "object" }),
  }),
}).loose().openapi("LoadAndDescribeAnswer");

const route = createRoute({
  method: "post",
  path: "/load-and-describe",
  summary: "Describe one tool (older contract)",
  description: "Loads a package and describes one export of it, as older platforms ask for it.",
  request: { body: jsonBody(loadAndDescribeSchema) },
  responses: {
    200: jsonContent(answerSchema, "The tool"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 500, 502, 503, 504]),
  },
});

/**
 * `POST /load-and-describe`: the older contract's question about one tool. The fields stand both at
 * the top and under `tool`, since platforms of different age read them in either place.
 */
export function addLoadAndDescribe(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, options.gate.admit(), requireJson(), async (context) => {
    const { body, description } = await describeFromBody(context, loadAndDescribeSchema, options);
    const { name, description: text, inputSchema } = pickTool(description, body.name);
    const fields = {
      name,
      exportName: name,
      description: text,
      inputSchema: inputSchema ?? ANYTHING,
    };
    const { packageName, version } = description.manifest.resolved;
    return context.json({ success: true, packageName, version, ...fields, tool: fields });
  });
}
