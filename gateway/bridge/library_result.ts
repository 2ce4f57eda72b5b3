import { z } from "zod";
import type { LibraryRequest } from "../../bridge/protocol/library_request.ts";
import { base64Schema, contentSchema, mimeTypeSchema } from "../../mcp/results/content_schema.ts";
import { isResourceUri } from "../../mcp/upstream/listed_offer.ts";
import type { JsonObject } from "../../spec/json.ts";
import { libraryTooLarge, malformedResult } from "./bridge_errors.ts";

/** Most contents of a resource, and messages of a prompt. */
const MAX_PARTS = 1_000;

/** Of one answer, written out: a file of 12 MB in base64 fits. */
export const MAX_LIBRARY_CHARACTERS = 16 * 1024 * 1024;

const placed = {
  uri: z.string().refine(isResourceUri),
  mimeType: mimeTypeSchema.optional().catch(undefined),
};

const SCHEMAS = {
  "resources/read": z.object({
    contents: z.array(z.union([
      z.object({ ...placed, text: z.string() }),
      z.object({ ...placed, blob: z.union([z.literal(""), base64Schema]) }),
    ])).max(MAX_PARTS),
  }),
  "prompts/get": z.object({
    description: z.string().max(4_000).optional(),
    messages: z.array(z.object({ role: z.enum(["user", "assistant"]), content: contentSchema }))
      .max(MAX_PARTS),
  }),
  "completion/complete": z.object({
    completion: z.object({
      values: z.array(z.string().max(4_000)).max(100),
      total: z.int().min(0).optional(),
      hasMore: z.boolean().optional(),
    }),
  }),
} as const satisfies Record<LibraryRequest["method"], z.ZodType>;

/**
 * What a server on somebody's machine answered, as far as MCP knows it: nothing else is passed on.
 * @throws {AirlockError} `upstream_failed`, `payload_too_large`.
 */
export function libraryResult(method: LibraryRequest["method"], answer: JsonObject): JsonObject {
  const parsed = SCHEMAS[method].safeParse(answer);
  if (!parsed.success) throw malformedResult();
  const written = JSON.stringify(parsed.data);
  if (written.length > MAX_LIBRARY_CHARACTERS) throw libraryTooLarge(MAX_LIBRARY_CHARACTERS);
  // As it was written: without members that are not there.
  return JSON.parse(written);
}
