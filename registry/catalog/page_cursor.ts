import { AirlockError } from "../../spec/errors.ts";

/** Where a page of a list ends: the sort key and the id of its last row. */
export interface PagePosition {
  readonly key: number;
  readonly id: string;
  /** Which of several lists it is a place in, where there are several. */
  readonly list?: string;
}

/** Makes a position opaque, so that nobody builds one. */
export function writeCursor({ key, id, list }: PagePosition): string {
  return btoa(JSON.stringify(list === undefined ? [key, id] : [key, id, list])).replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** @throws {AirlockError} `invalid_input` for what {@linkcode writeCursor} did not write. */
export function readCursor(cursor: string): PagePosition {
  const parsed = parse(cursor);
  if (Array.isArray(parsed)) {
    const [key, id, list, ...more]: unknown[] = parsed;
    const isPlace = typeof key === "number" && isName(id) && more.length === 0;
    if (isPlace && list === undefined) return { key, id };
    if (isPlace && isName(list)) return { key, id, list };
  }
  throw new AirlockError("invalid_input", "read cursor: it is none of ours", {
    stage: "request",
    suggestion: "Send nextCursor of the page before as it is, or leave it out for the first page",
  });
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_]{1,64}$/.test(value);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    // Not base64, or no JSON in it: the caller says so in words.
    return undefined;
  }
}
