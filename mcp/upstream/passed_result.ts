import {
  isCallToolResult,
  SERVER_INFO_META_KEY,
  type StandardSchemaV1,
} from "@modelcontextprotocol/client";
import { isJsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { isPlainResult } from "../results/is_plain_result.ts";

/**
 * What a call of a tool must answer with; it is passed on as it is, but for who answered: to a client
 * that is us. Text, which nearly all of them answer with, is looked at by hand: the SDK's look at a
 * result costs as much as half of the call.
 */
export const PASSED_RESULT: StandardSchemaV1<unknown, McpToolResult> = {
  "~standard": {
    version: 1,
    vendor: "airlock",
    validate(answered) {
      const value = withoutServer(answered);
      if (isPlainResult(value) || isCallToolResult(value)) return { value: value as McpToolResult };
      return { issues: [{ message: "is not the result of a tool" }] };
    },
  },
};

/** Without what a server of revision 2026-07-28 says of itself in each result. */
function withoutServer(value: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(value["_meta"])) return value;
  const { [SERVER_INFO_META_KEY]: server, ..._meta } = value["_meta"];
  if (server === undefined) return value;
  const { _meta: _, ...result } = value;
  return Object.keys(_meta).length === 0 ? result : { ...result, _meta };
}
