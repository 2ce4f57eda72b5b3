import { z } from "zod";
import { plainText } from "./plain_text.ts";
import { PROTOCOL_LIMITS } from "./protocol_limits.ts";

const LIMITS = PROTOCOL_LIMITS;

/** Of the values that a prompt is filled in with. */
const filled = z.record(plainText(200), plainText(LIMITS.maxArgumentCharacters))
  .refine((values) => Object.keys(values).length <= LIMITS.maxArguments);

const promptName = plainText(200).min(1);

/**
 * What a gateway may ask a server for beside calls of tools, in the words of MCP: what the bridge has
 * registered, and nothing else. Members that are not named here do not come through.
 */
export const libraryRequest = z.discriminatedUnion("method", [
  z.object({
    method: z.literal("resources/read"),
    params: z.object({ uri: plainText(LIMITS.maxTextCharacters).min(1) }),
  }),
  z.object({
    method: z.literal("prompts/get"),
    params: z.object({ name: promptName, arguments: filled.optional() }),
  }),
  z.object({
    method: z.literal("completion/complete"),
    params: z.object({
      ref: z.object({ type: z.literal("ref/prompt"), name: promptName }),
      argument: z.object({
        name: plainText(200),
        value: plainText(LIMITS.maxArgumentCharacters),
      }),
      context: z.object({ arguments: filled.optional() }).optional(),
    }),
  }),
]);

/** One of {@linkcode libraryRequest}. */
export type LibraryRequest = z.output<typeof libraryRequest>;

/** What a request is for: the URI of a resource, or the name of a prompt. */
export function subjectOf(request: LibraryRequest): string {
  if (request.method === "resources/read") return request.params.uri;
  return request.method === "prompts/get" ? request.params.name : request.params.ref.name;
}
