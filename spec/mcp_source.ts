import type { Caller } from "./account.ts";
import type { JsonObject, JsonSchema } from "./json.ts";
import type { McpAsking } from "./mcp_asking.ts";
import type { McpToolResult } from "./mcp_content.ts";
import type { LogEntry } from "./sandbox.ts";
import type { SourceKind } from "./tool.ts";

/** Who speaks MCP with us, and with which part of what there is. */
export interface McpAudience {
  readonly caller: Caller;
  /** Id of the collection that is served; `null` for everything that the caller may see. */
  readonly collectionId: string | null;
}

/** What is true of a tool whoever calls it; hints, never relied upon. */
export interface McpAnnotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** How far something is, in the words of MCP. */
export interface McpProgress {
  readonly progress: number;
  readonly total?: number;
}

/** A tool as a source offers it, before it has a name that clients may use. */
export interface McpSourceTool {
  /** Names it for good within the audience's part: an id, never shown to clients as a name. */
  readonly key: string;
  readonly kind: SourceKind;
  /** Package, or server as its owner calls it. */
  readonly sourceName: string;
  readonly toolName: string;
  readonly version?: string;
  /** As the owner of the collection calls it. */
  readonly displayName: string | null;
  readonly description: string;
  /** What the owner of the collection says of it. */
  readonly note: string;
  readonly inputSchema: JsonSchema | null;
  readonly outputSchema: JsonSchema | null;
  readonly annotations?: McpAnnotations;
  /** Why a call of it would fail now; absent where nothing is known to speak against it. */
  readonly standing?: "failing" | "quarantined";
}

/** One call, and who listens to it. */
export interface McpToolCall {
  readonly audience: McpAudience;
  readonly key: string;
  readonly args: JsonObject;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Called for each log line, in order. */
  readonly onLog: (entry: LogEntry) => void;
  /** Called with what happens meanwhile, in words, and with how far it is where that is known. */
  readonly onProgress: (message: string, at?: McpProgress) => void;
  /** Absent where nobody can be asked anything meanwhile. */
  readonly client?: McpAsking;
}

/** Where tools of an MCP endpoint come from: sandboxes of ours, or another server. */
export interface McpSource {
  /**
   * Tools that the audience may call, in order. Answers from memory where it can: a source that does
   * not answer must not delay the others.
   * @throws {AirlockError} `not_found`, `permission_denied`, `upstream_failed`.
   */
  listTools(audience: McpAudience): Promise<readonly McpSourceTool[]>;
  /**
   * Calls a tool, and decides again whether the audience may.
   * @throws {AirlockError} for every refusal; a failure of the tool's own is in the result.
   */
  callTool(call: McpToolCall): Promise<McpToolResult>;
}
