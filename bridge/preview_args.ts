import type { JsonObject, JsonValue } from "../spec/json.ts";

const MAX_CHARACTERS = 400;
const MAX_TEXT_CHARACTERS = 80;

/** Names of members whose values are for nobody to read. */
const SECRET = /pass|secret|token|api.?key|auth|credential|cookie|private/i;

/** Arguments of a call in one short line for people; nothing that is called a secret. */
export function previewArgs(args: JsonObject): string {
  return JSON.stringify(shorten(args, 3)).slice(0, MAX_CHARACTERS);
}

function shorten(value: JsonValue, levels: number): JsonValue {
  if (typeof value === "string" && value.length > MAX_TEXT_CHARACTERS) {
    return `${value.slice(0, MAX_TEXT_CHARACTERS)}… (${value.length})`;
  }
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return "…";
  if (isList(value)) return value.slice(0, 5).map((one) => shorten(one, levels - 1));
  return Object.fromEntries(
    Object.entries(value).slice(0, 20).map((
      [name, one],
    ) => [name, SECRET.test(name) ? "[redacted]" : shorten(one, levels - 1)]),
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
