/** Keywords whose value is one schema. */
export const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
  ...["additionalProperties", "additionalItems", "unevaluatedProperties", "unevaluatedItems"],
  ...["not", "if", "then", "else", "contains", "propertyNames", "contentSchema"],
]);

/** Keywords whose value is a list of schemas. */
export const LIST_KEYWORDS: ReadonlySet<string> = new Set([
  ...["allOf", "anyOf", "oneOf", "prefixItems"],
]);

/** Keywords whose value has a schema for each of its members. */
export const MAP_KEYWORDS: ReadonlySet<string> = new Set([
  ...["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"],
]);

/** Keywords whose value is a number, none of them below the given least. */
export const NUMBER_KEYWORDS: Readonly<Record<string, number>> = {
  minimum: -Infinity,
  maximum: -Infinity,
  exclusiveMinimum: -Infinity,
  exclusiveMaximum: -Infinity,
  multipleOf: Number.MIN_VALUE,
  minLength: 0,
  maxLength: 0,
  minItems: 0,
  maxItems: 0,
  minProperties: 0,
  maxProperties: 0,
  minContains: 0,
  maxContains: 0,
};

/** Keywords whose value is a text. */
export const TEXT_KEYWORDS: ReadonlySet<string> = new Set([
  ...["title", "description", "format", "pattern", "$comment"],
  ...["contentEncoding", "contentMediaType"],
]);

/** Keywords whose value is true or false. */
export const FLAG_KEYWORDS: ReadonlySet<string> = new Set([
  ...["uniqueItems", "readOnly", "writeOnly", "deprecated"],
]);
