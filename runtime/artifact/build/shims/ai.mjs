/**
 * The pure helpers that tool packages take from the `ai` package: they mark and pass on, nothing
 * more. Equivalent to versions 4 to 7, whose schemas are recognised by the same two symbols.
 */
const schemaSymbol = Symbol.for("vercel.ai.schema");
const validatorSymbol = Symbol.for("vercel.ai.validator");

export function tool(definition) {
  return definition;
}

export function dynamicTool(definition) {
  return { ...definition, type: "dynamic" };
}

export function jsonSchema(schema, { validate } = {}) {
  let resolved = schema;
  return {
    [schemaSymbol]: true,
    [validatorSymbol]: true,
    _type: undefined,
    get jsonSchema() {
      if (typeof resolved === "function") resolved = resolved();
      return resolved;
    },
    validate,
  };
}

export function lazySchema(create) {
  let schema;
  return () => schema ??= create();
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export function createIdGenerator(
  { prefix, size = 16, alphabet = ALPHABET, separator = "-" } = {},
) {
  if (prefix !== undefined && alphabet.includes(separator)) {
    throw new TypeError(`The separator "${separator}" must not be part of the alphabet`);
  }
  return () => {
    let id = "";
    for (let i = 0; i < size; i++) id += alphabet[(Math.random() * alphabet.length) | 0];
    return prefix === undefined ? id : `${prefix}${separator}${id}`;
  };
}

export const generateId = /* @__PURE__ */ createIdGenerator();
