import type { JsonValue } from "../../spec/json.ts";
import { jsonParse } from "./primordials.ts";

/**
 * Parses a call's parameters. A `__proto__` key becomes an own property and changes no prototype.
 *
 * @throws {SyntaxError} when `text` is not JSON.
 */
export function decodeParams(text: string): JsonValue {
  return jsonParse(text);
}
