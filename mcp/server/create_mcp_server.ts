import {
  type CallToolResult,
  type Implementation,
  type LoggingLevel,
  Server,
} from "@modelcontextprotocol/server";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpChanges } from "../../spec/mcp_changes.ts";
import { type SessionAsking, workAsking } from "../asking/asking_of.ts";
import type { ParkedCalls } from "../asking/parked_calls.ts";
import { ownerOf } from "../http/owner_of.ts";
import type { Library } from "../library/library.ts";
import { META_TOOLS } from "../meta_tools/meta_tools.ts";
import { usesMetaTools } from "../meta_tools/meta_tools_mode.ts";
import { protocolError } from "../results/protocol_error.ts";
import type { Toolbox } from "../toolbox.ts";
import { answerCall, type AnsweredCall } from "./answer_call.ts";
import { createCallListener } from "./call_listener.ts";
import type { EarlyCall } from "./early_call.ts";
import type { McpPart } from "./mcp_part.ts";
import { pageOf } from "./page_of.ts";
import { type ResourceWatcher, serveLibrary } from "./serve_library.ts";
import { toolListing } from "./tool_listing.ts";

/** What every server of an installation is made of. */
export interface McpServerTools {
  readonly toolbox: Toolbox;
  readonly library: Library;
  readonly changes: McpChanges;
  readonly parked: ParkedCalls;
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
  /** Names the connection or the session to the client. */
  readonly connection: string;
  /** How a client is asked that has a session and no connection. */
  readonly session?: SessionAsking;
  /** The one call that it is made for, where that runs already. */
  readonly begun?: EarlyCall;
  /** Absent where changes of resources are asked for otherwise. */
  readonly watcher?: ResourceWatcher;
}

/** Clients may keep a list so long: names never change their meaning, and calls are decided anew. */
const LIST_TTL_MS = 30_000;

/** What a server says of itself. */
export function serverInfoOf({ title }: McpPart, version: string): Implementation {
  return { name: "airlock", title, version };
}

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
  // Lists differ by caller.
  const hint = { ttlMs: LIST_TTL_MS, cacheScope: "private" } as const;
  const server = new Server(serverInfoOf(part, version), {
    capabilities: {
      tools: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      prompts: { listChanged: true },
      completions: {},
      logging: {},
    },
    ...(part.description !== "" && { instructions: part.description }),
    cacheHints: {
      ...{ "tools/list": hint, "prompts/list": hint },
      ...{ "resources/list": hint, "resources/templates/list": hint },
      "resources/read": { ttlMs: 0, cacheScope: "private" },
    },
  });
  const refuse = (error: unknown, requestId: string) => {
    if (!(error instanceof AirlockError)) onUnexpected(error, requestId);
    return protocolError(error);
  };
  const { parked, connection, session, requestId, watcher, begun } = tools;
  const host = { server, parked, connection, session, owner: ownerOf(audience.caller) };
  serveLibrary(server, { audience, library: tools.library, host, requestId, watcher, refuse });
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
      const answered = await workAsking(params as JsonObject, context, {
        ...{ host, listener },
        work: (client, signal, now) => {
          if (begun !== undefined) return begun.attend({ client, signal, listener: now });
          const request = { name, args: args as JsonObject, requestId, client, signal };
          return answerCall(part, {
            ...request,
            onLog: (entry) => now().onLog(entry),
            onProgress: (message, at) => now().onProgress(message, at),
          }, { toolbox });
        },
      });
      await told();
      if (!("result" in answered)) return answered;
      const { result, outputSchema } = answered as AnsweredCall;
      return server.projectCallToolResult(result as CallToolResult, outputSchema ?? undefined);
    } catch (error) {
      await told();
      throw refuse(error, requestId);
    }
  });
  return server;
}
