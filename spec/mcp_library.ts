import type { JsonObject } from "./json.ts";
import type { McpAsking } from "./mcp_asking.ts";
import type { McpAudience } from "./mcp_source.ts";

/** What one server offers beside its tools, in the words of MCP and as the server calls it. */
export interface McpOffers {
  readonly serverId: string;
  /** As its owner calls it. */
  readonly sourceName: string;
  /** Each with a `uri` and a `name`. */
  readonly resources: readonly JsonObject[];
  /** Each with a `uriTemplate` and a `name`. */
  readonly templates: readonly JsonObject[];
  /** Each with a `name`. */
  readonly prompts: readonly JsonObject[];
}

/** What a server is asked beside calls of tools. */
export const MCP_LIBRARY_METHODS = [
  ...["resources/read", "prompts/get", "completion/complete"] as const,
  ...["resources/subscribe", "resources/unsubscribe"] as const,
] as const;

/** One of {@linkcode MCP_LIBRARY_METHODS}. */
export type McpLibraryMethod = typeof MCP_LIBRARY_METHODS[number];

/** One request to a server. */
export interface McpLibraryCall {
  readonly audience: McpAudience;
  readonly serverId: string;
  readonly method: McpLibraryMethod;
  /** As the server takes them: with its own names and URIs. */
  readonly params: JsonObject;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Absent where nobody can be asked anything meanwhile. */
  readonly client?: McpAsking;
}

/** Where resources and prompts of an MCP endpoint come from. */
export interface McpLibrary {
  /** Whether a server of that id would be one of its own, whoever asks. */
  owns(serverId: string): boolean;
  /**
   * What servers offer that the audience may use, the oldest first. Answers from what is kept: a server
   * that does not answer neither hides nor delays others.
   * @throws {AirlockError} `not_found`, `permission_denied`, `upstream_failed`.
   */
  listOffers(audience: McpAudience): Promise<readonly McpOffers[]>;
  /**
   * Asks a server, and decides again whether the audience may.
   * @throws {AirlockError} for every refusal.
   */
  request(call: McpLibraryCall): Promise<JsonObject>;
}
