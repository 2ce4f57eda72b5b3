import { AirlockError } from "../spec/errors.ts";

/** Longest cursor that is looked at. */
const MAX_CURSOR_CHARACTERS = 1_024;

/** Where a list goes on, as text without meaning to callers. */
export function encodeCursor(after: string): string {
  return new TextEncoder().encode(after).toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * What {@linkcode encodeCursor} was given.
 * @throws {AirlockError} `invalid_input` for other text.
 */
export function decodeCursor(cursor: string): string {
  try {
    if (cursor.length > MAX_CURSOR_CHARACTERS) throw new RangeError("too long");
    if (!/^[A-Za-z0-9_-]*$/.test(cursor)) throw new RangeError("other characters");
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    const after = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Databases take no NUL in text.
    if (/\p{C}/u.test(after)) throw new RangeError("control characters");
    return after;
  } catch (cause) {
    throw new AirlockError("invalid_input", "read cursor: it is not one of ours", {
      stage: "request",
      suggestion: "Send nextCursor of the page before, unchanged.",
      cause,
    });
  }
}
