import { z } from "zod";
import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { contentSchema } from "./content_schema.ts";

/** Most parts of one result that are looked at as content; more is data like any other. */
const MAX_PARTS = 1_000;

const partsSchema = z.array(contentSchema).min(1).max(MAX_PARTS);

const ownResultSchema = z.object({
  content: partsSchema,
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

/**
 * What a tool answered, over MCP. A tool that speaks MCP itself, with `content` or with parts of one,
 * is passed on; text stays text; everything else is JSON, as data and as text.
 */
export function toolResult(output: JsonValue): McpToolResult {
  if (typeof output === "string") return { content: [{ type: "text", text: output }] };
  return ownResult(output) ?? {
    content: [{ type: "text", text: JSON.stringify(output) }],
    structuredContent: output,
  };
}

function ownResult(output: JsonValue): McpToolResult | undefined {
  if (!isJsonObject(output)) {
    const parts = Array.isArray(output) ? partsSchema.safeParse(output) : undefined;
    return parts?.success ? { content: parts.data } : undefined;
  }
  const whole = "content" in output ? ownResultSchema.safeParse(output) : undefined;
  if (whole?.success) {
    const { content, isError } = whole.data;
    const structured = output["structuredContent"];
    return {
      content,
      ...(structured !== undefined && { structuredContent: structured }),
      ...(isError && { isError }),
    };
  }
  // Text alone would be a strange thing to wrap: an object of that shape is data.
  const part = output["type"] === "text" ? undefined : contentSchema.safeParse(output);
  return part?.success ? { content: [part.data] } : undefined;
}
