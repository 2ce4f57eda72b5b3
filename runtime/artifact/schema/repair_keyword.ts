import { isJsonObject, type JsonValue } from "../../../spec/json.ts";
import { FLAG_KEYWORDS, NUMBER_KEYWORDS, TEXT_KEYWORDS } from "./schema_places.ts";

/**
 * The value of a keyword that holds no schema, where it is of the right kind or can be made so.
 * @returns `undefined` where it must be left out.
 */
export function repairKeyword(key: string, value: JsonValue): JsonValue | undefined {
  if (Object.hasOwn(NUMBER_KEYWORDS, key)) return boundOf(key, value);
  if (key === "pattern") return typeof value === "string" && isPattern(value) ? value : undefined;
  if (TEXT_KEYWORDS.has(key) || REFERENCE_KEYWORDS.has(key)) {
    return typeof value === "string" ? value : undefined;
  }
  if (FLAG_KEYWORDS.has(key)) return typeof value === "boolean" ? value : undefined;
  if (key === "enum") return Array.isArray(value) && value.length > 0 ? value : undefined;
  if (key === "required") return Array.isArray(value) ? value : undefined;
  if (key === "dependentRequired") {
    return isJsonObject(value) && listsNames(value) ? value : undefined;
  }
  return value;
}

const REFERENCE_KEYWORDS: ReadonlySet<string> = new Set([
  ...["$ref", "$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor"],
]);

function boundOf(key: string, value: JsonValue): JsonValue | undefined {
  // Draft-04 says by a flag that the bound beside it is exclusive.
  if (typeof value === "boolean" && key.startsWith("exclusive")) return value;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  if (number < (NUMBER_KEYWORDS[key] ?? 0)) return undefined;
  return COUNTS.test(key) && !Number.isInteger(number) ? undefined : number;
}

const COUNTS = /^m(in|ax)(Length|Items|Properties|Contains)$/;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return isOldPattern(text);
    throw error;
  }
}

/** Without the flag more is allowed, such as escapes that are not needed. */
function isOldPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function listsNames(value: Readonly<Record<string, JsonValue>>): boolean {
  return Object.values(value).every((names) =>
    Array.isArray(names) && names.every((name) => typeof name === "string")
  );
}
