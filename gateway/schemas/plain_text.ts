import { z } from "@hono/zod-openapi";

/** Longest name. */
const MAX_NAME_CHARACTERS = 100;

/**
 * What nobody sees: control characters, what turns writing around, letters without a shape, and spaces
 * other than the two that are seen.
 */
const UNSEEN = String.raw`\p{C}\p{Zl}\p{Zp}\p{DI}\u2800\u00a0\u1680\u2000-\u200a\u202f\u205f`;

/** Text that shows as it is. A mark at the start would change what stands before it on a page. */
const SHOWS_AS_IT_IS = new RegExp(`^(?!\\p{M})[^${UNSEEN}]+$`, "u");

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
