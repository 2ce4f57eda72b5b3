import { type CallToolResult, type LoggingLevel, Server } from "@modelcontextprotocol/server";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import { META_TOOLS } from "../meta_tools/meta_tools.ts";
import { usesMetaTools } from "../meta_tools/meta_tools_mode.ts";
import { protocolError } from "../results/protocol_error.ts";
import type { Toolbox } from "../toolbox.ts";
import { answerCall } from "./answer_call.ts";
import { createCallListener } from "./call_listener.ts";
import type { McpPart } from "./mcp_part.ts";
import { pageOf } from "./page_of.ts";
import { toolListing } from "./tool_listing.ts";

/** What every server of an installation is made of. */
export interface McpServerTools {
  readonly toolbox: Toolbox;
  readonly version: string;
  /** Told of errors that nobody foresaw, for the log. */
  readonly onUnexpected: (error: unknown, requestId: string) => void;
}

/** What one server is made of beside that. */
export interface McpServerOptions {
  /** Names each request, for the log. */
  readonly requestId: () => string;
  /** Lines of the log below this are not sent, beside what the SDK knows of the client's wishes. */
  readonly logLevel?: LoggingLevel;
}

/** Clients may keep a list so long: names never change their meaning, and calls are decided anew. */
const LIST_TTL_MS = 30_000;

/**
 * A server of one part for one request, or one connection: cheap to make, and holds nothing. The low
 * level of the SDK, so that nothing is registered for each tool.
 */
export function createMcpServer(
  part: McpPart,
  tools: McpServerTools & McpServerOptions,
): Server {
  const { toolbox, version, onUnexpected } = tools;
  const { audience, metaTools } = part;
  const server = new Server({ name: "airlock", title: part.title, version }, {
    capabilities: { tools: {}, logging: {} },
    ...(part.description !== "" && { instructions: part.description }),
    // Lists differ by caller.
    cacheHints: { "tools/list": { ttlMs: LIST_TTL_MS, cacheScope: "private" } },
  });
  const refuse = (error: unknown, requestId: string) => {
    if (!(error instanceof AirlockError)) onUnexpected(error, requestId);
    return protocolError(error);
  };
  server.setRequestHandler("tools/list", async ({ params }) => {
    const requestId = tools.requestId();
    try {
      const list = await toolbox.list(audience);
      if (usesMetaTools(metaTools, list.length)) return { tools: [...META_TOOLS] };
      const { items, nextCursor } = pageOf(list, { cursor: params?.cursor });
      return { tools: items.map(toolListing), nextCursor };
    } catch (error) {
      throw refuse(error, requestId);
    }
  });
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const requestId = tools.requestId();
    const { name, arguments: args = {} } = params;
    const { told, ...listener } = createCallListener(context, {
      logger: name,
      logLevel: tools.logLevel,
    });
    try {
      const request = { name, args: args as JsonObject, requestId, ...listener };
      const { signal } = context.mcpReq;
      const { result, outputSchema } = await answerCall(part, { ...request, signal }, { toolbox });
      await told();
      return server.projectCallToolResult(result as CallToolResult, outputSchema ?? undefined);
    } catch (error) {
      await told();
      throw refuse(error, requestId);
    }
  });
  return server;
}
