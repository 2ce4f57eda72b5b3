import { z } from "zod";
import type { McpContent } from "../../spec/mcp_content.ts";

const MIME_TYPE =
  /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}(?:;.{0,127})?$/i;

const mimeType = z.string().regex(MIME_TYPE);

const base64 = z.string().min(1).refine(isBase64);

/** What a tool may answer with in the words of MCP, and nothing else of it. */
export const contentSchema: z.ZodType<McpContent> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("image"),
    data: base64,
    mimeType: mimeType.regex(/^image\//i),
  }),
  z.object({
    type: z.literal("audio"),
    data: base64,
    mimeType: mimeType.regex(/^audio\//i),
  }),
  z.object({
    type: z.literal("resource"),
    resource: z.union([
      z.object({ uri: z.string().min(1), mimeType: mimeType.optional(), text: z.string() }),
      z.object({ uri: z.string().min(1), mimeType: mimeType.optional(), blob: base64 }),
    ]),
  }),
  z.object({
    type: z.literal("resource_link"),
    uri: z.string().min(1),
    name: z.string(),
    title: z.string().optional(),
    description: z.string().optional(),
    mimeType: mimeType.optional(),
  }),
]);

function isBase64(text: string): boolean {
  try {
    Uint8Array.fromBase64(text);
    return true;
  } catch {
    // Not base64, which is what was asked.
    return false;
  }
}
