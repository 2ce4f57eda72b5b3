import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { answerOffered } from "../../answer_offered.ts";
import { findOfferedCall } from "../../call_offered.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { executionSuccessSchema } from "../../schemas/answer_schemas.ts";
import { executionRequest } from "../../schemas/execute_tool_schema.ts";
import { callCollectionSchema } from "../../schemas/tool_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const route = createRoute({
  method: "post",
  path: "/api/collections/{id}/call",
  summary: "Run a tool of a collection",
  description: "With the collection's permissions and limits where the call asks for nothing " +
    "itself, and, for its own account, with its secrets and on its executor. Runs what the tool " +
    "was pinned to. A tool of another MCP server or of a bridge runs as over MCP, for keys with " +
    "`mcp:execute`, and its `output` is what `tools/call` answers. Answers as POST /execute-tool does, with `accept: text/event-stream` as a " +
    "stream.",
  request: {
    params: z.object({ id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }) }),
    body: jsonBody(callCollectionSchema),
  },
  responses: {
    200: jsonContent(executionSuccessSchema, "The tool answered, or failed by itself"),
    ...failureAnswers([400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504]),
  },
});

/** `POST /api/collections/{id}/call`: a call of a tool by what the collection calls it. */
export function addCallCollection(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.getRoutingPath(), options.gate.admit(), requireJson(), async (context) => {
    const { tool, ...body } = await bodyOf(context, callCollectionSchema, options);
    const collectionId = idOf(context, "collection");
    const call = { collectionId, naming: { tool } };
    return await answerOffered(context, {
      tool,
      find: async () => ({
        ...await findOfferedCall(context.get("caller"), call, options),
        through: { collectionId },
      }),
      elsewhere: () => Promise.resolve([collectionId]),
      requestOf: (ref) => executionRequest({ ...body, ...ref }),
    }, options);
  });
}
