import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
} from "@modelcontextprotocol/server";
import { AirlockError } from "../../spec/errors.ts";
import { createMcpServer, type McpServerTools } from "../server/create_mcp_server.ts";
import type { McpPart } from "../server/mcp_part.ts";
import { followChanges } from "../changes/follow_changes.ts";
import { ownerOf } from "./owner_of.ts";
import { SseTransport } from "./sse_transport.ts";

/** Bounds on connections of the old transport. */
export interface SseBounds {
  readonly maxSessions: number;
  readonly maxSessionsPerOwner: number;
  readonly heartbeatMs: number;
  readonly maxWaitingBytes: number;
}

/** As many as one gateway holds. */
export const SSE_BOUNDS: SseBounds = {
  maxSessions: 1_000,
  maxSessionsPerOwner: 32,
  heartbeatMs: 15_000,
  maxWaitingBytes: 16 * 1024 * 1024,
};

interface Session {
  readonly owner: string;
  readonly part: McpPart;
  readonly transport: SseTransport;
}

/**
 * Connections of the transport before streamable HTTP, which live in one gateway by their nature. A
 * post that comes to another one is told that there is no such session, which starts the client again.
 */
export class SseSessions {
  readonly #tools: McpServerTools;
  readonly #bounds: SseBounds;
  readonly #sessions = new Map<string, Session>();

  constructor(tools: McpServerTools, bounds: SseBounds = SSE_BOUNDS) {
    this.#tools = tools;
    this.#bounds = bounds;
  }

  /** Connections that are open. */
  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Opens a connection; its answer ends with it. `path` is where the client posts to.
   * @throws {AirlockError} `rate_limited` where too many are open.
   */
  async open(part: McpPart, { path }: { readonly path: string }): Promise<Response> {
    const owner = ownerOf(part.audience.caller);
    const own = [...this.#sessions.values()].filter((one) => one.owner === owner).length;
    const { maxSessions, maxSessionsPerOwner, heartbeatMs, maxWaitingBytes } = this.#bounds;
    if (own >= maxSessionsPerOwner || this.#sessions.size >= maxSessions) throw tooMany();
    const sessionId = crypto.randomUUID();
    const endpoint = `${path}?sessionId=${sessionId}`;
    const transport = new SseTransport({ sessionId, endpoint, heartbeatMs, maxWaitingBytes });
    const followed = followChanges(this.#tools.changes, {
      audience: part.audience,
      // Whoever does not read any more is noticed by the transport.
      notify: (notification) => void transport.send({ jsonrpc: "2.0", ...notification }),
    });
    const server = createMcpServer(part, {
      ...this.#tools,
      ...{ requestId: () => crypto.randomUUID(), connection: sessionId, watcher: followed },
    });
    this.#sessions.set(sessionId, { owner, part, transport });
    server.onclose = () => {
      followed[Symbol.dispose]();
      this.#sessions.delete(sessionId);
    };
    await server.connect(transport);
    return new Response(transport.body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  /**
   * Takes a message of an open connection; the answer comes over that.
   * @throws {AirlockError} `not_found`, also for a connection of another caller or another part.
   */
  post(part: McpPart, message: { readonly sessionId: string; readonly body: unknown }): Response {
    const { sessionId, body } = message;
    const session = this.#sessions.get(sessionId);
    const { caller, collectionId } = part.audience;
    const isOwn = session?.owner === ownerOf(caller) &&
      session.part.audience.collectionId === collectionId;
    if (session === undefined || !isOwn) throw startAgain();
    const isMessage = isJSONRPCRequest(body) || isJSONRPCNotification(body) ||
      isJSONRPCResponse(body);
    if (!isMessage) throw noMessage();
    session.transport.onmessage?.(body);
    return new Response("Accepted", { status: 202 });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ transport }) => transport.close()));
  }
}

function tooMany(): AirlockError {
  return new AirlockError("rate_limited", "open connection: too many are open", {
    stage: "request",
    suggestion: "Close some, or use streamable HTTP: the same address without /sse.",
  });
}

function startAgain(): AirlockError {
  return new AirlockError("not_found", "find session: there is none of that id", {
    stage: "request",
    suggestion: "Connect again.",
  });
}

function noMessage(): AirlockError {
  return new AirlockError("invalid_input", "read message: it is not JSON-RPC", {
    stage: "request",
    suggestion: "Send one JSON-RPC message.",
  });
}
