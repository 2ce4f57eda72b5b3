import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { McpPart } from "../../mcp/server/mcp_part.ts";
import type { Caller } from "../../spec/account.ts";
import { readJsonBody } from "../body/read_json_body.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import type { McpDesk } from "../mcp/create_mcp_desk.ts";
import { requireJson } from "../middleware/require_json.ts";
import { jsonObject } from "../schemas/json_object.ts";
import { parseWith } from "../schemas/parse_with.ts";
import { failureAnswers, jsonBody, jsonContent } from "./route_parts.ts";

const callSchema = z.object({
  serverId: z.string().max(300).nullish().openapi({
    example: "me/my-tools",
    description: "Account and collection as in the path of an endpoint, or the id of a " +
      "collection; everything that the key may see where absent",
  }),
  toolName: z.string().min(1).max(256).openapi({ example: "tpmjs-hello--helloWorldTool" }),
  arguments: jsonObject.nullish().openapi({ type: "object", example: {} }),
}).openapi("McpCall");

const answerSchema = z.object({
  success: z.boolean().openapi({ description: "false where the tool itself failed" }),
  result: z.object({}).openapi({
    description: "As tools/call answers: content, structuredContent, isError",
    example: { content: [{ type: "text", text: "Hello" }] },
  }),
}).openapi("McpCallAnswer");

const route = createRoute({
  method: "post",
  path: "/mcp/call",
  summary: "Call a tool of an MCP endpoint without an MCP client",
  description: "What tools/call does, with the same names and by the same rules.",
  request: { body: jsonBody(callSchema) },
  responses: {
    200: jsonContent(answerSchema, "The tool answered, or failed by itself"),
    ...failureAnswers([400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504]),
  },
});

/** `POST /mcp/call`: what `tools/call` does, by the same rules. */
export function addMcpCall(
  app: OpenAPIHono<GatewayEnv>,
  options: GatewayOptions & { readonly desk: () => Promise<McpDesk> },
): void {
  const { gate, settings } = options;
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, gate.admit(), requireJson(), async (context) => {
    const bounds = { maxBytes: settings.maxBodyBytes, timeoutMs: settings.bodyTimeoutMs };
    const body = parseWith(callSchema, await readJsonBody(context.req.raw, bounds));
    const [desk, { answerCall }] = await Promise.all([
      options.desk(),
      import("../../mcp/server/answer_call.ts"),
    ]);
    const part = await partNamed(context.get("caller"), body.serverId ?? "", { desk });
    const { result } = await answerCall(part, {
      name: body.toolName,
      args: body.arguments ?? {},
      requestId: context.get("requestId"),
      signal: context.req.raw.signal,
      onLog: () => {},
      onProgress: () => {},
    }, desk.tools);
    return context.json({ success: result.isError !== true, result });
  });
}

async function partNamed(
  caller: Caller,
  serverId: string,
  { desk }: { readonly desk: McpDesk },
): Promise<McpPart> {
  if (serverId === "") return desk.everything(caller);
  const [user = "", collection] = serverId.split("/");
  return collection === undefined
    ? await desk.partOf(caller, user)
    : await desk.partAt(caller, { user, collection });
}
