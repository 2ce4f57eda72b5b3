import { isCallToolResult, type StandardSchemaV1 } from "@modelcontextprotocol/client";
import { isJsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";

/**
 * What a call of a tool must answer with; it is passed on as it is. Text, which nearly all of them
 * answer with, is looked at by hand: the SDK's look at a result costs as much as half of the call.
 */
export const PASSED_RESULT: StandardSchemaV1<unknown, McpToolResult> = {
  "~standard": {
    version: 1,
    vendor: "airlock",
    validate(value) {
      if (isText(value) || isCallToolResult(value)) return { value: value as McpToolResult };
      return { issues: [{ message: "is not the result of a tool" }] };
    },
  },
};

/** Whether a result holds text, and nothing that would need a closer look. */
function isText(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { content, isError = false, ...more } = value;
  return typeof isError === "boolean" && Object.keys(more).length === 0 &&
    Array.isArray(content) && content.every(isTextPart);
}

function isTextPart(part: unknown): boolean {
  if (!isJsonObject(part)) return false;
  const { type, text, ...more } = part;
  return type === "text" && typeof text === "string" && Object.keys(more).length === 0;
}
