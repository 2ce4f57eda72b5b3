import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { syncError } from "./sync_error.ts";

/** Deeper than any description of a tool; a database's parser has a bound of its own. */
const MAX_DEPTH = 64;

/**
 * A copy in which every text is one that a database takes: without NUL, and without halves of
 * characters.
 * @throws {AirlockError} `upstream_failed` for what is nested very deeply.
 */
export function cleanText(value: JsonObject, name: string): JsonObject {
  const text = (dirty: string) => dirty.replaceAll("\0", "").toWellFormed();
  const clean = (part: JsonValue, depth: number): JsonValue => {
    if (depth > MAX_DEPTH) {
      throw syncError(`read ${name}: nested too deeply`, { retryable: false });
    }
    if (typeof part === "string") return text(part);
    if (Array.isArray(part)) return part.map((item) => clean(item, depth + 1));
    return isJsonObject(part) ? cleanObject(part, depth) : part;
  };
  const cleanObject = (part: JsonObject, depth: number): JsonObject =>
    Object.fromEntries(
      Object.entries(part).map(([key, item]) => [text(key), clean(item, depth + 1)]),
    );
  return cleanObject(value, 0);
}
