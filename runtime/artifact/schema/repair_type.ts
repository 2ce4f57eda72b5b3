import type { JsonValue } from "../../../spec/json.ts";

const KNOWN: ReadonlySet<string> = new Set([
  ...["string", "number", "integer", "boolean", "object", "array", "null"],
]);

/** What other languages and careless authors call the types of JSON Schema. */
const SYNONYMS: Readonly<Record<string, string>> = {
  str: "string",
  text: "string",
  char: "string",
  int: "integer",
  long: "integer",
  float: "number",
  double: "number",
  decimal: "number",
  bool: "boolean",
  dict: "object",
  dictionary: "object",
  map: "object",
  record: "object",
  list: "array",
  tuple: "array",
  set: "array",
  nonetype: "null",
  nil: "null",
};

/** What a `type` means, and whether that is what stood there. */
export interface RepairedType {
  /** `undefined` where it says nothing: anything is then accepted. */
  readonly type: string | readonly string[] | undefined;
  readonly isChanged: boolean;
}

/** Reads the `type` of a schema in whatever spelling; a name that nobody knows is left out. */
export function repairType(type: JsonValue): RepairedType {
  if (!Array.isArray(type)) {
    const name = knownName(type);
    return { type: name, isChanged: name !== type };
  }
  const names = type.map(knownName);
  // One that is not understood may have meant anything.
  if (names.length === 0 || names.includes(undefined)) return { type: undefined, isChanged: true };
  const unique = [...new Set(names)].filter((name) => name !== undefined);
  const isChanged = unique.length !== type.length || unique.some((name, at) => name !== type[at]);
  return { type: unique, isChanged };
}

function knownName(type: JsonValue): string | undefined {
  if (typeof type !== "string") return undefined;
  if (KNOWN.has(type)) return type;
  const name = type.trim().toLowerCase();
  if (KNOWN.has(name)) return name;
  return Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : undefined;
}
