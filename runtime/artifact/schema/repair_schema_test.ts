import assert from "node:assert/strict";
import { isJsonObject, type JsonSchema } from "../../../spec/json.ts";
import { createParamsValidator } from "../../validate_params.ts";
import { MAX_SCHEMA_BYTES, repairSchema } from "./repair_schema.ts";

interface Repair {
  readonly what: string;
  readonly from: JsonSchema;
  /** `null` where nothing of use is left. */
  readonly to: JsonSchema | null;
  readonly warning: RegExp;
}

const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  type: "object",
  properties,
  ...more,
});
const x = { type: "string" };

const REPAIRS: readonly Repair[] = [
  {
    what: "types of other languages",
    from: object({ a: { type: "str" }, b: { type: "FLOAT" }, c: { type: "list", items: "dict" } }),
    to: object({ a: x, b: { type: "number" }, c: { type: "array", items: { type: "object" } } }),
    warning: /at \/properties\/a\/type: "str" read as string/,
  },
  {
    what: "a type that nobody knows",
    from: object({ a: { type: "None" }, b: { type: ["string", "Foo"] } }),
    to: object({ a: {}, b: {} }),
    warning: /read as anything/,
  },
  {
    what: "names in place of schemas",
    from: object({ a: "string", b: 5, c: null }),
    to: object({ a: x, b: {}, c: {} }),
    warning: /a name made a schema/,
  },
  {
    what: "required names that are not there",
    from: object({ a: x }, { required: ["a", "b", 3, "a"] }),
    to: object({ a: x }, { required: ["a"] }),
    warning: /required/,
  },
  {
    what: "required as a flag of properties",
    from: object({ a: { type: "string", required: true }, b: { type: "string", required: false } }),
    to: object({ a: x, b: x }, { required: ["a"] }),
    warning: /required/,
  },
  {
    what: "a missing type",
    from: { properties: { a: x } },
    to: { properties: { a: x }, type: "object" },
    warning: /type object added/,
  },
  {
    what: "missing properties",
    from: { type: "object" },
    to: { type: "object", properties: {} },
    warning: /properties added/,
  },
  {
    what: "a remote reference, keeping what stands beside it",
    from: object({ a: { $ref: "https://example.com/schema.json", description: "An A" } }),
    to: object({ a: { description: "An A" } }),
    warning: /\/properties\/a: \$ref left out: "https:\/\/example.com\/schema.json" leads out/,
  },
  {
    what: "local references that lead nowhere or in circles",
    from: object({
      a: { $ref: "#/$defs/b" },
      b: { $ref: "#/$defs/loop" },
      c: { $ref: "#/$defs/c" },
    }, {
      $defs: { loop: { $ref: "#/$defs/loop" }, c: x },
    }),
    to: object({ a: {}, b: {}, c: { $ref: "#/$defs/c" } }, { $defs: { loop: {}, c: x } }),
    warning: /leads nowhere/,
  },
  {
    what: "references by anchor and dynamic ones",
    from: object({ a: { $ref: "#name" }, b: { $dynamicRef: "#name" } }),
    to: object({ a: {}, b: {} }),
    warning: /\$dynamicRef left out/,
  },
  {
    what: "bases of references",
    from: object({ a: { $id: "https://example.com/a", type: "string" } }, { $id: "b" }),
    to: object({ a: x }),
    warning: /\$id: left out/,
  },
  {
    what: "draft-04",
    from: {
      $schema: "http://json-schema.org/draft-04/schema#",
      ...object({ a: { type: "number", minimum: 1, exclusiveMinimum: true, maximum: 9 } }),
    },
    to: {
      $schema: "http://json-schema.org/draft-07/schema#",
      ...object({ a: { type: "number", exclusiveMinimum: 1, maximum: 9 } }),
    },
    warning: /draft-04/,
  },
  {
    what: "an unknown dialect",
    from: { $schema: "https://example.com/dialect", ...object({ a: x }) },
    to: object({ a: x }),
    warning: /\$schema left out/,
  },
  {
    what: "tuples of draft-07 where no draft is named",
    from: object({ a: { type: "array", items: [x], additionalItems: false } }),
    to: object({ a: { type: "array", prefixItems: [x], items: false } }),
    warning: /prefixItems/,
  },
  {
    what: "nullable",
    from: object({ a: { type: "string", nullable: true } }),
    to: object({ a: { type: ["string", "null"] } }),
    warning: /nullable/,
  },
  {
    what: "keywords of a wrong kind",
    from: object({
      a: { type: "string", minLength: "2", maxLength: -1, pattern: "(", description: 5 },
      b: { enum: [] },
      c: { anyOf: {}, oneOf: [] },
      d: { type: "number", multipleOf: 0, minimum: "low" },
    }),
    to: object({
      a: { type: "string", minLength: 2 },
      b: {},
      c: {},
      d: { type: "number" },
    }),
    warning: /minLength: made a number/,
  },
  {
    what: "properties that are no object",
    from: { type: "object", properties: ["a"], required: "a" },
    to: { type: "object", properties: {} },
    warning: /not an object/,
  },
  {
    what: "what is no object",
    from: { type: "string", minLength: "2" },
    to: null,
    warning: /does not describe an object/,
  },
  {
    what: "what is too large",
    from: object({ a: { description: "x".repeat(MAX_SCHEMA_BYTES) } }),
    to: null,
    warning: /larger than 65536 bytes/,
  },
];

for (const { what, from, to, warning } of REPAIRS) {
  Deno.test(`repairSchema() mends ${what}`, () => {
    const before = structuredClone(from);
    const { schema, warnings } = repairSchema(from, { wantsObject: true });
    assert.deepEqual(schema, to);
    assert.match(warnings.join("\n"), warning);
    assert.deepEqual(from, before, "what it was given is as it was");
    if (schema === null) return;
    assert.deepEqual(repairSchema(schema, { wantsObject: true }), { schema, warnings: [] });
    // It can be compiled: whatever it says of these parameters, it says it of them.
    const checked = () => createParamsValidator().validate(schema, {});
    try {
      assert.deepEqual(checked(), []);
    } catch (error) {
      assert.equal(Reflect.get(Object(error), "code"), "invalid_input");
    }
  });
}

const SOUND: readonly JsonSchema[] = [
  { $schema: "http://json-schema.org/draft-07/schema#", ...object({ a: { items: [x] } }) },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...object({ a: { prefixItems: [x] } }),
  },
  object({ node: { $ref: "#/$defs/node" } }, {
    $defs: { node: object({ next: { $ref: "#/$defs/node" } }) },
  }),
  { type: "object", additionalProperties: { type: "number" } },
  object({ type: { type: "string" }, required: { type: "boolean" }, $id: x, items: x, enum: x }),
  object({ a: x }, { required: ["b"], allOf: [object({ b: x })] }),
  object({ a: true, b: false }, { additionalProperties: false }),
];

for (const [index, schema] of SOUND.entries()) {
  Deno.test(`repairSchema() leaves sound schema ${index} as it is`, () => {
    assert.deepEqual(repairSchema(schema, { wantsObject: true }), { schema, warnings: [] });
  });
}

Deno.test("repairSchema() never refuses what the schema accepted", () => {
  const params: readonly JsonSchema[] = [{}, { a: "x" }, { a: 1, b: null }, {
    a: { b: [] },
    c: true,
  }, { node: {} }];
  const validator = createParamsValidator();
  const accepts = (schema: JsonSchema, value: JsonSchema) => {
    try {
      // What cannot be compiled checks nothing, which is to accept.
      return validator.validate(schema, value).length >= 0;
    } catch {
      // Refused.
      return false;
    }
  };
  for (const { from } of REPAIRS) {
    const { schema } = repairSchema(from, { wantsObject: true });
    if (schema === null || from.type === undefined) continue;
    for (const value of params) {
      if (accepts(from, value) && compiles(from)) assert.ok(accepts(schema, value));
    }
  }
});

function compiles(schema: JsonSchema): boolean {
  try {
    return createParamsValidator().validate(schema, {}).length === 0;
  } catch {
    // It refuses `{}`, so it was compiled.
    return true;
  }
}

Deno.test("repairSchema() is bounded on deep, wide and circular input", () => {
  let deep: JsonSchema = x;
  for (let level = 0; level < 60; level++) deep = object({ a: deep });
  const cut = repairSchema(deep, { wantsObject: true });
  assert.match(cut.warnings.join(), /nested too deep/);
  let list: unknown = 1;
  for (let level = 0; level < 20_000; level++) list = [list];
  const abyss: unknown = { ...object({ a: { default: null } }), default: list };
  assert.ok(isJsonObject(abyss));
  const { schema, warnings } = repairSchema(abyss, { wantsObject: true });
  assert.deepEqual([schema, warnings.length], [null, 1]);
  const wide = object(
    Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`p${at}`, "str"])),
  );
  const noisy = repairSchema(wide, { wantsObject: true });
  assert.equal(noisy.warnings.length, 21);
  assert.match(noisy.warnings.at(-1) ?? "", /1980 more/);
});
