import { isJsonObject, type JsonObject, type JsonSchema } from "../../../spec/json.ts";
import { valueSize } from "../../validation/value_size.ts";
import { SchemaRepairer } from "./schema_repairer.ts";
import { withoutDeadReferences } from "./dead_references.ts";

/** A schema that says what its author most likely meant, and what had to be changed for that. */
export interface RepairedSchema {
  /** `null` where nothing of use is left. */
  readonly schema: JsonSchema | null;
  readonly warnings: readonly string[];
}

/** UTF-8 bytes of a schema's JSON text. */
export const MAX_SCHEMA_BYTES = 64 * 1024;
const MAX_WARNINGS = 20;
const BOUNDS = { nodes: 20_000, depth: 200, characters: MAX_SCHEMA_BYTES };

/**
 * Checks the JSON Schema of a tool's parameters or result, wherever it came from, and mends it:
 * wrong names of types, keywords with values of a wrong kind, `required` names that are not there,
 * references that lead nowhere or out of the schema, keywords of older drafts. What cannot be
 * mended is left out, so a repair may accept more than the author meant and never less.
 *
 * Each repair is a warning; a schema in order comes back as it is, the same object.
 * @param options.wantsObject Whether it must describe an object, as parameters do.
 */
export function repairSchema(
  schema: JsonSchema,
  { wantsObject }: { readonly wantsObject: boolean },
): RepairedSchema {
  if (!fits(schema)) {
    return { schema: null, warnings: [`schema left out: larger than ${MAX_SCHEMA_BYTES} bytes`] };
  }
  const repairer = new SchemaRepairer(schema.$schema);
  const mended = repairer.repair(schema);
  const linked = withoutDeadReferences(mended, repairer);
  const whole = wantsObject ? asObjectSchema(linked, repairer) : linked;
  if (repairer.warnings.length === 0) return { schema, warnings: [] };
  return { schema: whole, warnings: shorten(repairer.warnings) };
}

function asObjectSchema(schema: JsonObject, repairer: SchemaRepairer): JsonObject | null {
  const { type } = schema;
  const typed = type === undefined || Array.isArray(type) && type.includes("object")
    ? { ...schema, type: "object" }
    : schema;
  if (typed.type !== "object") {
    repairer.warn("", "left out: it does not describe an object");
    return null;
  }
  if (typed !== schema) repairer.warn("", "type object added: parameters are an object");
  const says = ["properties", "$ref", "allOf", "anyOf", "oneOf", "patternProperties"];
  if (says.some((key) => typed[key] !== undefined) || isJsonObject(typed.additionalProperties)) {
    return typed;
  }
  repairer.warn("", "properties added: it names none");
  return { ...typed, properties: {} };
}

/** What is too deep to be walked is too large as well. */
function fits(schema: JsonSchema): boolean {
  if (valueSize(schema, BOUNDS) === null) return false;
  return new TextEncoder().encode(JSON.stringify(schema)).length <= MAX_SCHEMA_BYTES;
}

function shorten(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const left = warnings.length - MAX_WARNINGS;
  return [...warnings.slice(0, MAX_WARNINGS), `schema: ${left} more repairs`];
}
