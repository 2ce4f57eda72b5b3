import { createHash } from "node:crypto";
import { AirlockError } from "../../spec/errors.ts";
import { MAX_NAME_CHARACTERS } from "../names/wanted_name.ts";

/** Items of one page. */
export const PAGE_SIZE = 200;

/** Longest cursor that is looked at. */
const MAX_CURSOR_CHARACTERS = 256;

/** A page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

/**
 * The part of a list that comes after a cursor. A cursor holds the name of the last item before: what
 * is put in front meanwhile moves nothing.
 * @throws {AirlockError} `invalid_input` for a cursor that is none, or whose item has gone.
 */
export function pageOf<T extends { readonly name: string }>(
  list: readonly T[],
  { cursor, size = PAGE_SIZE }: { readonly cursor?: string; readonly size?: number },
): ListPage<T> {
  const last = cursor === undefined ? undefined : read(cursor);
  const from = last === undefined ? 0 : 1 + list.findIndex(({ name }) => markOf(name) === last);
  if (last !== undefined && from === 0) throw noCursor();
  const items = list.slice(from, from + size);
  const end = items.at(-1);
  if (end === undefined || from + size >= list.length) return { items };
  return { items, nextCursor: write(markOf(end.name)) };
}

/** Names of tools are short; what is long stands in a cursor by its digest. */
function markOf(name: string): string {
  if (name.length <= MAX_NAME_CHARACTERS) return name;
  return createHash("sha256").update(name).digest("hex");
}

function write(name: string): string {
  return new TextEncoder().encode(name).toBase64({ alphabet: "base64url", omitPadding: true });
}

function read(cursor: string): string {
  if (cursor.length > MAX_CURSOR_CHARACTERS) throw noCursor();
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" }));
  } catch (cause) {
    throw noCursor(cause);
  }
}

function noCursor(cause?: unknown): AirlockError {
  return new AirlockError("invalid_input", "read cursor: it is not one of this list", {
    stage: "request",
    suggestion: "Begin again without a cursor.",
    cause,
  });
}
