import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../../spec/json.ts";

const MAX_PARAMETERS = 200;

const TYPES: Readonly<Record<string, JsonObject>> = {
  string: { type: "string" },
  number: { type: "number" },
  integer: { type: "integer" },
  boolean: { type: "boolean" },
  object: { type: "object" },
  array: { type: "array" },
  null: { type: "null" },
};

/**
 * The JSON Schema of what a package says about a tool's input: a schema as it is, or the list form
 * of older packages, `[{ name, type, description, required, default }]` with TypeScript-like types.
 *
 * @returns `undefined` for anything else.
 */
export function parameterSchema(declared: JsonValue | undefined): JsonSchema | undefined {
  if (isJsonObject(declared)) return isSchema(declared) ? declared : undefined;
  if (!Array.isArray(declared)) return undefined;
  const parameters = declared.filter(isJsonObject).slice(0, MAX_PARAMETERS)
    .filter(({ name }) => typeof name === "string" && name !== "" && name !== "__proto__");
  if (parameters.length === 0) return undefined;
  const required = parameters.filter(isRequired).map(({ name }) => String(name));
  return {
    type: "object",
    properties: Object.fromEntries(parameters.map((one) => [String(one.name), propertyOf(one)])),
    ...(required.length > 0 ? { required } : {}),
  };
}

function isSchema(declared: JsonObject): boolean {
  return declared.type === "object" || isJsonObject(declared.properties) ||
    typeof declared.$ref === "string";
}

function isRequired(parameter: JsonObject): boolean {
  return typeof parameter.required === "boolean"
    ? parameter.required
    : parameter.default === undefined;
}

function propertyOf(parameter: JsonObject): JsonObject {
  const { type, description, default: fallback } = parameter;
  return {
    ...(typeof type === "string" ? typeOf(type.trim()) : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

/** What is not understood allows anything: a wrong guess would refuse good calls. */
function typeOf(type: string): JsonObject {
  if (Object.hasOwn(TYPES, type)) return TYPES[type] ?? {};
  const element = /^(.+)\[\]$/.exec(type)?.[1] ?? /^Array<(.+)>$/.exec(type)?.[1];
  if (element !== undefined) return { type: "array", items: typeOf(element.trim()) };
  if (/^Record<.+>$/.test(type) || type.startsWith("{")) return { type: "object" };
  const literals = type.split("|").map((part) => /^(['"])(.*)\1$/.exec(part.trim())?.[2]);
  return literals.every((literal) => literal !== undefined) ? { enum: literals } : {};
}
