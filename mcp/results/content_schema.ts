import { z } from "zod";
import type { McpContent } from "../../spec/mcp_content.ts";

const MIME_TYPE =
  /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}(?:;.{0,127})?$/i;

/** A media type, such as `image/png`. */
export const mimeTypeSchema = z.string().regex(MIME_TYPE);

/** Bytes in base64; some. */
export const base64Schema = z.string().min(1).refine(isBase64);

/** What a tool may answer with in the words of MCP, and nothing else of it. */
export const contentSchema: z.ZodType<McpContent> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("image"),
    data: base64Schema,
    mimeType: mimeTypeSchema.regex(/^image\//i),
  }),
  z.object({
    type: z.literal("audio"),
    data: base64Schema,
    mimeType: mimeTypeSchema.regex(/^audio\//i),
  }),
  z.object({
    type: z.literal("resource"),
    resource: z.union([
      z.object({ uri: z.string().min(1), mimeType: mimeTypeSchema.optional(), text: z.string() }),
      z.object({ uri: z.string().min(1), mimeType: mimeTypeSchema.optional(), blob: base64Schema }),
    ]),
  }),
  z.object({
    type: z.literal("resource_link"),
    uri: z.string().min(1),
    name: z.string(),
    title: z.string().optional(),
    description: z.string().optional(),
    mimeType: mimeTypeSchema.optional(),
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
