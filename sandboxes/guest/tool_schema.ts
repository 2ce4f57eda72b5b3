import { toJSONSchema } from "zod/v4/core";
import { zodToJsonSchema } from "zod-to-json-schema";
import type { JsonSchema } from "../../spec/json.ts";
import type { SchemaStrategy } from "../../spec/tool.ts";
import { objectKeys, safeGet } from "./primordials.ts";
import { isFunction } from "./recognise_tool.ts";
import { sanitiseSchema } from "./sanitise_schema.ts";
import { describeFailure } from "./tool_failure.ts";

/** What a tool's own code says about its input or output. */
export interface ExtractedSchema {
  readonly schema: JsonSchema | null;
  readonly strategy: SchemaStrategy;
  readonly warnings: readonly string[];
}

/** Which side of a schema with transforms or defaults is wanted. */
export type SchemaSide = "input" | "output";

interface RawSchema {
  readonly raw: unknown;
  readonly strategy: SchemaStrategy;
}

type Strategy = (schema: unknown, side: SchemaSide) => RawSchema | null | Promise<RawSchema | null>;

/** First match wins; one that throws leaves the schema to the next. */
const STRATEGIES: readonly Strategy[] = [
  fromAiSdk,
  fromZod4,
  fromZod3,
  fromStandard,
  fromShape,
  fromJson,
];

/**
 * Extracts the JSON Schema of a tool's schema, whatever library made it: AI SDK `jsonSchema()` (also
 * lazy), Zod 4 and 3 of the tool's own copy, Standard Schema with a JSON form (ArkType, Zod),
 * an object of Zod types, JSON Schema itself. A function without any of these is called for one.
 * Libraries without a JSON form (Valibot) give `null` and a warning; calls are validated by them
 * all the same.
 *
 * Runs the package's code: for the probe only.
 */
export async function extractSchema(schema: unknown, side: SchemaSide): Promise<ExtractedSchema> {
  if (schema === undefined || schema === null) {
    return { schema: null, strategy: "none", warnings: [] };
  }
  const failures: string[] = [];
  const { opened } = await openLazy(schema, failures);
  for (const strategy of STRATEGIES) {
    try {
      const found = await strategy(opened, side);
      if (found === null) continue;
      const { schema: clean, warnings } = sanitiseSchema(found.raw);
      return { schema: clean, strategy: clean === null ? "none" : found.strategy, warnings };
    } catch (error) {
      failures.push(`its schema has no JSON form: ${describeFailure(error).message}`);
    }
  }
  const vendor = safeGet(safeGet(opened, "~standard"), "vendor");
  const reason = typeof vendor === "string"
    ? `schemas of ${vendor} have no JSON form`
    : "its schema is of no known kind";
  return { schema: null, strategy: "none", warnings: failures.length > 0 ? failures : [reason] };
}

/** Boxed: a schema's own `then`, or a proxy's trap for it, must not run. */
async function openLazy(schema: unknown, failures: string[]): Promise<{ opened: unknown }> {
  if (!isFunction(schema) || safeGet(schema, "~standard") !== undefined) return { opened: schema };
  try {
    return { opened: await schema() };
  } catch (error) {
    failures.push(`its schema could not be made: ${describeFailure(error).message}`);
    return { opened: undefined };
  }
}

async function fromAiSdk(schema: unknown): Promise<RawSchema | null> {
  const held = safeGet(schema, "jsonSchema");
  if (held === undefined || !("validate" in Object(schema))) return null;
  return { raw: await (isFunction(held) ? held() : held), strategy: "ai-sdk" };
}

function fromZod4(schema: unknown, side: SchemaSide): RawSchema | null {
  if (!isZod4(schema)) return null;
  return { raw: toJSONSchema(schema, { io: side, unrepresentable: "any" }), strategy: "zod4" };
}

type Zod4Schema = Parameters<typeof toJSONSchema>[0] & object;

function isZod4(schema: unknown): schema is Zod4Schema {
  return safeGet(safeGet(schema, "_zod"), "def") !== undefined;
}

type Zod3Schema = Parameters<typeof zodToJsonSchema>[0];

function isZod3(schema: unknown): schema is Zod3Schema {
  return typeof safeGet(safeGet(schema, "_def"), "typeName") === "string" && !isZod4(schema);
}

function fromZod3(schema: unknown): RawSchema | null {
  if (!isZod3(schema)) return null;
  return { raw: zodToJsonSchema(schema), strategy: "zod3" };
}

function fromStandard(schema: unknown, side: SchemaSide): RawSchema | null {
  const converters = safeGet(safeGet(schema, "~standard"), "jsonSchema");
  const convert = safeGet(converters, side);
  if (isFunction(convert)) {
    return {
      raw: convert.call(converters, { target: "draft-2020-12" }),
      strategy: "standard-schema",
    };
  }
  const own = safeGet(schema, "toJsonSchema") ?? safeGet(schema, "toJSONSchema");
  return isFunction(own) ? { raw: own.call(schema), strategy: "standard-schema" } : null;
}

/** An object whose every property is a Zod type: the shape of an object without the object. */
function fromShape(schema: unknown, side: SchemaSide): RawSchema | null {
  if (typeof schema !== "object" || schema === null) return null;
  const keys = objectKeys(schema);
  if (keys.length === 0) return null;
  const properties: Record<string, unknown> = Object.create(null);
  const required: string[] = [];
  let strategy: SchemaStrategy = "none";
  for (const key of keys) {
    const type = safeGet(schema, key);
    const found = fromZod4(type, side) ?? fromZod3(withoutOptional(type));
    if (found === null) return null;
    // The dialect is a matter of the whole schema; dropping it here leaves the default.
    properties[key] = { ...Object(found.raw), $schema: undefined };
    strategy = found.strategy;
    const isOptional = safeGet(type, "isOptional");
    if (!isFunction(isOptional) || isOptional.call(type) !== true) required.push(key);
  }
  return { raw: { type: "object", properties, required }, strategy };
}

/** Zod 3 writes an optional type as "not, or"; in a shape `required` says it. */
function withoutOptional(type: unknown): unknown {
  const definition = safeGet(type, "_def");
  const isOptional = safeGet(definition, "typeName") === "ZodOptional";
  return isOptional ? safeGet(definition, "innerType") : type;
}

const JSON_SCHEMA_KEYWORDS = ["type", "properties", "$ref", "$schema", "anyOf", "oneOf", "allOf"];

function fromJson(schema: unknown): RawSchema | null {
  if (typeof schema !== "object" || schema === null) return null;
  if (safeGet(schema, "~standard") !== undefined) return null;
  const looksLikeOne = JSON_SCHEMA_KEYWORDS.some((key) => safeGet(schema, key) !== undefined);
  return looksLikeOne ? { raw: schema, strategy: "json-schema" } : null;
}
