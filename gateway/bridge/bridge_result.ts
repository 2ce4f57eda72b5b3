import { z } from "zod";
import { contentSchema } from "../../mcp/results/content_schema.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { malformedResult } from "./bridge_errors.ts";

/** Most parts of one result. */
const MAX_PARTS = 1_000;

const resultSchema = z.object({
  content: z.array(contentSchema).max(MAX_PARTS).default([]),
  structuredContent: z.custom<JsonObject>(isJsonObject).optional(),
  isError: z.boolean().optional(),
});

/**
 * What a server on somebody's machine answered, as far as MCP knows it: nothing else is passed on.
 * @throws {AirlockError} `upstream_failed`.
 */
export function bridgeResult(answer: JsonObject): McpToolResult {
  const parsed = resultSchema.safeParse(answer);
  if (!parsed.success) throw malformedResult();
  const { content, structuredContent, isError } = parsed.data;
  return {
    content,
    ...(structuredContent !== undefined && { structuredContent }),
    ...(isError && { isError }),
  };
}
