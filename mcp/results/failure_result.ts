import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { ExecutionFailure } from "../../spec/execution.ts";

/** Longest text of a failure. */
const MAX_TEXT_CHARACTERS = 8_000;

/** A tool's own failure, in words that a model can act on. */
export function failureResult(
  { error, suggestion }: Pick<ExecutionFailure, "error" | "suggestion">,
): McpToolResult {
  const text = suggestion === undefined ? error : `${error}\n\n${suggestion}`;
  return { content: [{ type: "text", text: text.slice(0, MAX_TEXT_CHARACTERS) }], isError: true };
}
