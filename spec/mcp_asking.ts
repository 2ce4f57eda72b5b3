import type { JsonObject } from "./json.ts";

/**
 * What a client can be asked while a call of its runs: to show a form or to open a URL, and to let its
 * model answer, with tools or with what it knows of other servers.
 */
export const MCP_ABILITIES = ["form", "url", "sampling", "tools", "context"] as const;

/** One of {@linkcode MCP_ABILITIES}. */
export type McpAbility = typeof MCP_ABILITIES[number];

/** What a server wants to know from a client. */
export interface McpQuestion {
  readonly method: "elicitation/create" | "sampling/createMessage";
  readonly params: JsonObject;
}

/** A client that can be asked while its call runs. */
export interface McpAsking {
  readonly abilities: readonly McpAbility[];
  /** Names the client: what comes over a connection that is its own is asked of nobody else. */
  readonly asker: string;
  /** Whether several may go by that name, where clients have no sessions. */
  readonly isMany: boolean;
  /** Asks it. Rejects where it refuses or is gone, and when the signal aborts. */
  readonly ask: (question: McpQuestion, signal: AbortSignal) => Promise<JsonObject>;
}
