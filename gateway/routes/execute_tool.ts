import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { answerCall } from "../answer_call.ts";
import { readJsonBody } from "../body/read_json_body.ts";
import { findOfferedCall } from "../call_offered.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { requireAnyPackageOf } from "../middleware/require_any_package.ts";
import { requireJson } from "../middleware/require_json.ts";
import { executionSuccessSchema } from "../schemas/answer_schemas.ts";
import { executeToolSchema, executionRequest } from "../schemas/execute_tool_schema.ts";
import { present } from "../schemas/package_fields.ts";
import { parseWith } from "../schemas/parse_with.ts";
import type { ToolRef } from "../../spec/tool.ts";
import { failureAnswers, jsonBody, jsonContent } from "./route_parts.ts";

const route = createRoute({
  method: "post",
  path: "/execute-tool",
  summary: "Run a tool",
  description: "Runs one tool of a package in a sandbox. A tool that throws answers 200 with " +
    "`success: false` and code `tool_error`. With `accept: text/event-stream` the answer is a " +
    "stream of `log`, `chunk` and `progress` events that ends with `result` or `error`.",
  request: { body: jsonBody(executeToolSchema) },
  responses: {
    200: jsonContent(executionSuccessSchema, "The tool answered, or failed by itself"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 422, 429, 500, 502, 503, 504]),
  },
});

/** `POST /execute-tool`: the executor contract, as JSON or as an event stream. */
export function addExecuteTool(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  const bounds = {
    maxBytes: options.settings.maxBodyBytes,
    timeoutMs: options.settings.bodyTimeoutMs,
  };
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, options.gate.admit(), requireJson(), async (context) => {
    const body = parseWith(executeToolSchema, await readJsonBody(context.req.raw, bounds));
    const { collection: collectionId, ...rest } = body;
    if (collectionId === undefined || collectionId === null) {
      requireAnyPackageOf(context.get("caller"));
      return await answerCall(context, executionRequest(rest), options);
    }
    const { packageName, name, version = undefined } = present<ToolRef>(rest);
    const { ref, pinned } = await findOfferedCall(
      context.get("caller"),
      { collectionId, naming: { packageName, name, version } },
      options,
    );
    const request = executionRequest({ ...rest, ...ref, importUrl: undefined });
    return await answerCall(context, request, { ...options, pinned, through: { collectionId } });
  });
}
