import type { McpToolResult } from "../../spec/mcp_content.ts";

/** Longest words of a failure that are kept for the log. */
const MAX_CHARACTERS = 2_000;

/** What a result says in words. */
export function textOfResult({ content }: McpToolResult): string {
  const words = content.flatMap((part) => part.type === "text" ? [part.text] : []);
  return words.join("\n").slice(0, MAX_CHARACTERS) || "call tool: it failed without a word";
}
