import type { McpAudience } from "./mcp_source.ts";

/** What clients are told to have changed: a list, or the content of a resource that they asked about. */
export type McpChange =
  | { readonly kind: "tools" | "resources" | "prompts" }
  | { readonly kind: "resource"; readonly uri: string };

/** Where it is heard that what an endpoint serves has changed. */
export interface McpChanges {
  /** Tells of changes of what the audience is served, until disposed. */
  follow(audience: McpAudience, tell: (change: McpChange) => void): Disposable;
  /**
   * Has a resource's server tell of its changes until disposed, by the URI that clients know.
   * @throws {AirlockError} `not_found`, `resource_limit`.
   */
  watch(audience: McpAudience, uri: string): Promise<Disposable>;
}
