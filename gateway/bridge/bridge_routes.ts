import type { LibraryRequest } from "../../bridge/protocol/library_request.ts";
import type { Caller } from "../../spec/account.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";

/** One call of a tool on somebody's machine. Whether the caller may is decided before. */
export interface BridgeCall {
  readonly caller: Caller;
  readonly serverId: string;
  readonly toolName: string;
  readonly args: JsonObject;
  readonly signal: AbortSignal;
  /** Called with what the tool says meanwhile. */
  readonly onProgress: (message: string) => void;
}

/** One request for a resource or a prompt there. Whether the caller may is decided before. */
export interface BridgeAsk extends Pick<BridgeCall, "caller" | "serverId" | "signal"> {
  readonly request: LibraryRequest;
}

/** The way to bridges, wherever they are connected. */
export interface BridgeRoutes {
  /**
   * Calls a tool; each call ends exactly once, and reaches the bridge once at most.
   * @throws {AirlockError} `bridge_disconnected`, `rate_limited`, `deadline_exceeded`,
   * `upstream_failed`, `permission_denied`, `tool_not_found`, `payload_too_large`.
   */
  call(bridgeId: string, call: BridgeCall): Promise<McpToolResult>;
  /**
   * Asks for something else than a tool, of a bridge that knows how. By the rules of a call, and with
   * its errors.
   */
  ask(bridgeId: string, ask: BridgeAsk): Promise<JsonObject>;
}
