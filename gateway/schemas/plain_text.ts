import { z } from "@hono/zod-openapi";
import { MAX_NAME_CHARACTERS, SHOWS_AS_IT_IS } from "../../spec/plain_name.ts";

/** What cannot be kept, and what makes text read otherwise than it is written. */
const TURNS_OR_HIDES = /^[^\0\p{Cs}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]*$/u;

/**
 * A name on one line. Names that only look alike are different names: whoever shows them shows the slug
 * or the id beside them. The same name written in two ways (NFC) is one.
 */
export const plainName = z.string().trim().normalize("NFC").min(1).max(MAX_NAME_CHARACTERS)
  .regex(SHOWS_AS_IT_IS, "holds characters that cannot be seen");

/** Text over several lines, of at most so many characters. */
export function plainText(maxCharacters: number) {
  return z.string().normalize("NFC").max(maxCharacters)
    .regex(TURNS_OR_HIDES, "holds characters that cannot be kept, or that hide or turn text");
}
