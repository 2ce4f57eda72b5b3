import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { answerCall } from "../../answer_call.ts";
import { findHeldCall } from "../../call_offered.ts";
import { callableSource } from "../../callable_source.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { executionSuccessSchema } from "../../schemas/answer_schemas.ts";
import { executionRequest } from "../../schemas/execute_tool_schema.ts";
import { executeSlugSchema } from "../../schemas/tool_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { bodyOf } from "./api_parts.ts";
import type { CatalogOptions } from "./catalog_parts.ts";

const route = createRoute({
  method: "post",
  path: "/api/tools/execute/{slug}",
  summary: "Run a tool by its slug",
  description:
    "Runs the version that the catalog shows; for a key that is held to collections, as the first of " +
    "them that has the tool says. Answers as POST /execute-tool does, with " +
    "`accept: text/event-stream` as a stream.",
  request: {
    params: z.object({
      slug: z.string().openapi({
        example: "tpmjs-tools-html-to-markdown-html-to-markdown-tool",
      }),
    }),
    body: jsonBody(executeSlugSchema),
  },
  responses: {
    200: jsonContent(executionSuccessSchema, "The tool answered, or failed by itself"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 422, 429, 500, 502, 503, 504]),
  },
});

/** `POST /api/tools/execute/{slug}`: a call of what the catalog knows. */
export function addExecuteSlug(app: OpenAPIHono<GatewayEnv>, options: CatalogOptions): void {
  const { catalog, gate } = options;
  app.openAPIRegistry.registerPath(route);
  app.post(route.getRoutingPath(), gate.admit(), requireJson(), async (context) => {
    const body = await bodyOf(context, executeSlugSchema, options);
    const slug = context.req.param("slug") ?? "";
    const caller = context.get("caller");
    if (caller.collections !== null) {
      const { ref, ...way } = await findHeldCall(caller, { tool: slug }, options);
      const request = executionRequest({ ...body, ...ref });
      return await answerCall(context, request, { ...options, ...way });
    }
    const tool = await catalog.callable.find(caller, slug);
    const { packageName, version, name } = tool;
    const source = callableSource(tool.source);
    const request = executionRequest({ ...body, packageName, version, name, source });
    return await answerCall(context, request, options);
  });
}
