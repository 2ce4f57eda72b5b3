import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { answerOffered } from "../../answer_offered.ts";
import { findAgentCall } from "../../call_offered.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { executionSuccessSchema } from "../../schemas/answer_schemas.ts";
import { executionRequest } from "../../schemas/execute_tool_schema.ts";
import { callAgentSchema } from "../../schemas/tool_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const route = createRoute({
  method: "post",
  path: "/api/agents/{id}/call",
  summary: "Run a tool that an agent uses",
  description: "Of its collections, which hold it to a pin and add their permissions and limits, " +
    "else one of its own, as the catalog shows it. For its own account on its executor, else the " +
    "collection's. Its instructions and model have no part in it. Needs the scopes " +
    "`tools:execute` and `agents:chat`; for tools that its collections have of other MCP servers " +
    "and of bridges, `mcp:execute` too. Answers as POST /execute-tool does, with " +
    "`accept: text/event-stream` as a stream.",
  request: {
    params: z.object({ id: z.string().openapi({ example: "agt_0Nf3vPq8rT1xZ5bC7dE9gH" }) }),
    body: jsonBody(callAgentSchema),
  },
  responses: {
    200: jsonContent(executionSuccessSchema, "The tool answered, or failed by itself"),
    ...failureAnswers([400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504]),
  },
});

/** `POST /api/agents/{id}/call`: a call of a tool by what an agent calls it. */
export function addCallAgent(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.getRoutingPath(), options.gate.admit(), requireJson(), async (context) => {
    const { tool, ...body } = await bodyOf(context, callAgentSchema, options);
    const agentId = idOf(context, "agent");
    const caller = context.get("caller");
    return await answerOffered(context, {
      tool,
      find: () => findAgentCall(caller, { agentId, tool }, options),
      elsewhere: () => options.accounts.findAgentCollections(caller, { agentId }),
      requestOf: (ref) => executionRequest({ ...body, ...ref }),
    }, options);
  });
}
