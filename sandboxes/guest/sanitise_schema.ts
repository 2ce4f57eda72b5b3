import { isJsonObject, type JsonSchema } from "../../spec/json.ts";
import { jsonParse, jsonStringify, objectKeys, safeGet } from "./primordials.ts";
import { utf8Length } from "./utf8_length.ts";

/** A JSON Schema fit to be shown and enforced, or why there is none. */
export interface SanitisedSchema {
  readonly schema: JsonSchema | null;
  readonly warnings: readonly string[];
}

/** UTF-8 bytes of a schema's JSON text. */
export const MAX_SCHEMA_BYTES = 64 * 1024;
const MAX_DEPTH = 48;
/** Nodes visited: shared references expand. */
const MAX_NODES = 20_000;

/**
 * Makes a JSON Schema of an object for tool parameters out of whatever a package calls one: drops
 * what is not JSON, cuts cycles and excessive depth into `{}` (anything), repairs `type: "None"` and
 * a missing `type`, and refuses what does not describe an object or is over
 * {@linkcode MAX_SCHEMA_BYTES}.
 */
export function sanitiseSchema(raw: unknown): SanitisedSchema {
  const copier = new SchemaCopier();
  const copy = copier.copy(raw, 0);
  const warnings = copier.cut ? ["its schema is recursive or too deep: cut"] : [];
  if (typeof copy !== "object" || copy === null) {
    return { schema: null, warnings: [...warnings, "its schema is not an object"] };
  }
  const text = jsonStringify(copy);
  if (copier.isFull || utf8Length(text) > MAX_SCHEMA_BYTES) {
    return { schema: null, warnings: [`its schema is larger than ${MAX_SCHEMA_BYTES} bytes`] };
  }
  const parsed: unknown = jsonParse(text);
  if (!isJsonObject(parsed)) return { schema: null, warnings: ["its schema is a list"] };
  return objectSchema(parsed, warnings);
}

/** The top level must accept objects and nothing else: that is what callers send. */
function objectSchema(schema: JsonSchema, warnings: readonly string[]): SanitisedSchema {
  const { type } = schema;
  if (type === "object") return { schema, warnings };
  const lists = Array.isArray(type) && type.includes("object");
  const isUntyped = type === undefined || type === null || type === "None" || type === "";
  if (lists || (isUntyped && objectKeys(schema).some((key) => OBJECT_KEYWORDS.has(key)))) {
    return { schema: { ...schema, type: "object" }, warnings };
  }
  if (isUntyped) {
    return type === undefined
      ? { schema: null, warnings: [...warnings, "its schema accepts anything"] }
      : { schema: { ...schema, type: "object" }, warnings };
  }
  return {
    schema: null,
    warnings: [...warnings, `its schema describes ${jsonStringify(type)}, not an object`],
  };
}

/** Keywords by which a schema without `type` still describes an object. */
const OBJECT_KEYWORDS: ReadonlySet<string> = new Set([
  "properties",
  "required",
  "additionalProperties",
  "patternProperties",
  "$ref",
  "allOf",
  "anyOf",
  "oneOf",
]);

class SchemaCopier {
  readonly #open = new Set<object>();
  #nodes = 0;
  /** Whether something recursive or deep was replaced by `{}`. */
  cut = false;

  get isFull(): boolean {
    return this.#nodes > MAX_NODES;
  }

  /** A JSON copy; `undefined` for what is not JSON. */
  copy(value: unknown, depth: number): unknown {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
    if (typeof value !== "object" || ++this.#nodes > MAX_NODES) return undefined;
    if (depth === MAX_DEPTH || this.#open.has(value)) {
      this.cut = true;
      return {};
    }
    this.#open.add(value);
    const copy = Array.isArray(value) ? this.#list(value, depth) : this.#object(value, depth);
    this.#open.delete(value);
    return copy;
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    const copies: unknown[] = [];
    for (let index = 0; index < list.length && !this.isFull; index++) {
      const copy = this.copy(safeGet(list, index), depth + 1);
      if (copy !== undefined) copies.push(copy);
    }
    return copies;
  }

  #object(value: object, depth: number): object {
    const copy: Record<string, unknown> = Object.create(null);
    for (const key of objectKeys(value)) {
      const item = this.copy(safeGet(value, key), depth + 1);
      if (item === undefined) continue;
      copy[key] = key === "type" && item === "None" ? "object" : item;
    }
    return copy;
  }
}
