import type { JsonObject, JsonValue } from "./json.ts";

/** A part of a result, in the words of MCP. */
export type McpContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" | "audio"; readonly data: string; readonly mimeType: string }
  | { readonly type: "resource"; readonly resource: McpEmbedded }
  | {
    readonly type: "resource_link";
    readonly uri: string;
    readonly name: string;
    readonly title?: string;
    readonly description?: string;
    readonly mimeType?: string;
  };

/** A resource that is sent along: its text, or its bytes in base64. */
export type McpEmbedded =
  & { readonly uri: string; readonly mimeType?: string }
  & ({ readonly text: string } | { readonly blob: string });

/** What a call of a tool answers over MCP. */
export interface McpToolResult {
  readonly content: readonly McpContent[];
  readonly structuredContent?: JsonValue;
  /** Whether the tool itself failed: a model reads `content` and tries otherwise. */
  readonly isError?: boolean;
  readonly _meta?: JsonObject;
}
