import { APIError } from "better-auth/api";
import { z } from "zod";
import { MAX_NAME_CHARACTERS, SHOWS_AS_IT_IS } from "../../spec/plain_name.ts";

/** Longest slug of an organisation. */
const MAX_SLUG_CHARACTERS = 64;

const name = z.string().max(MAX_NAME_CHARACTERS).regex(SHOWS_AS_IT_IS);
// Nothing but what looks like nothing else.
const slug = z.string().max(MAX_SLUG_CHARACTERS).regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
const changed = z.object({ name: name.optional(), slug: slug.optional() });

/** Where people and organisations are given names. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  "/sign-up/email": z.object({ name: name.or(z.literal("")).optional() }),
  "/update-user": z.object({ name: name.optional() }),
  "/organization/create": z.object({ name, slug }),
  "/organization/update": z.object({ data: changed }),
};

/**
 * Refuses names that hide characters or turn around, and slugs that could be taken for another's.
 * @throws {APIError} 400, as better-auth refuses bodies.
 */
export function checkNames(path: string, body: unknown): void {
  const schema = Object.hasOwn(NAMED, path) ? NAMED[path] : undefined;
  const [issue] = schema?.safeParse(body).error?.issues ?? [];
  if (issue === undefined) return;
  throw new APIError("BAD_REQUEST", {
    code: "INVALID_NAME",
    message: `read ${issue.path.join(".") || "body"}: names have 1 to ${MAX_NAME_CHARACTERS} ` +
      "characters that are seen; slugs are small letters and digits, with single hyphens between",
  });
}
