import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import { syncError } from "./sync_error.ts";

/**
 * The JSON object that an answer holds.
 * @throws {AirlockError} `upstream_failed`, not worth trying again.
 */
export function readJson(bytes: Uint8Array, what: string): JsonObject {
  const value = parse(new TextDecoder().decode(bytes));
  if (isJsonObject(value)) return value;
  throw syncError(`read ${what}: not a JSON object`, { retryable: false });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is one more way of not being an object; the caller says so.
    return undefined;
  }
}
