import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import type { JsonObject, JsonSchema, JsonValue } from "../spec/json.ts";
import { createParamsValidator } from "./validate_params.ts";

/** A hostile validation may take this long, on a slow machine too. */
const PATIENCE_MS = 3_000;

function issuesOf(schema: JsonSchema, params: JsonValue): unknown {
  try {
    assert.deepEqual(createParamsValidator().validate(schema, params), []);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.ok(error instanceof AirlockError);
    assert.equal(error.code, "invalid_input");
    return error.details.issues;
  }
  return [];
}

function quickly<T>(run: () => T): T {
  const beganMs = performance.now();
  const value = run();
  const tookMs = performance.now() - beganMs;
  assert.ok(tookMs < PATIENCE_MS, `took ${tookMs} ms`);
  return value;
}

Deno.test("validate() names each fault by a readable path, without parameter values", () => {
  const schema: JsonSchema = {
    type: "object",
    required: ["city"],
    additionalProperties: false,
    properties: {
      city: { type: "string" },
      days: { type: "integer", maximum: 14 },
      units: { enum: ["metric", "imperial"] },
      stops: { type: "array", items: { type: "object", required: ["at"] } },
    },
  };
  const params: JsonValue = { days: 99, units: "secret-value", stops: [{ at: 1 }, {}], extra: 1 };
  assert.deepEqual(issuesOf(schema, params), [
    { path: "city", message: "is required" },
    { path: "extra", message: "is not a known parameter" },
    { path: "days", message: "must be <= 14" },
    { path: "units", message: 'must be one of "metric", "imperial"' },
    { path: "stops[1].at", message: "is required" },
  ]);
  assert.throws(() => createParamsValidator().validate(schema, params), {
    message:
      "Checking parameters: city is required; extra is not a known parameter; days must be <= 14; and 2 more",
    stage: "request",
  });
  assert.deepEqual(issuesOf(schema, { city: "Oslo", days: 3 }), []);
});

Deno.test("validate() follows the dialect that $schema names", () => {
  const tuple = { items: [{ type: "number" }], additionalItems: false };
  const draft07 = { $schema: "http://json-schema.org/draft-07/schema#", ...tuple };
  assert.deepEqual(issuesOf(draft07, [1]), []);
  assert.notDeepEqual(issuesOf(draft07, [1, 2]), []);
  const later = { prefixItems: [{ type: "number" }], items: false };
  for (const $schema of ["https://json-schema.org/draft/2020-12/schema", undefined]) {
    const schema: JsonSchema = $schema === undefined ? later : { $schema, ...later };
    assert.deepEqual(issuesOf(schema, [1]), []);
    assert.notDeepEqual(issuesOf(schema, [1, 2]), []);
  }
  const warnings = createParamsValidator().validate({ $schema: "urn:unknown", type: "null" }, 1);
  assert.deepEqual(warnings, ["parameters not checked: the schema cannot be compiled"]);
});

Deno.test("validate() tells patterns apart, and matches hostile ones in linear time", () => {
  const schema: JsonSchema = {
    properties: { a: { pattern: "^a+$" }, b: { pattern: "^b+$" }, evil: { pattern: "^(a+)+$" } },
  };
  assert.deepEqual(issuesOf(schema, { a: "aa", b: "bb" }), []);
  assert.notDeepEqual(issuesOf(schema, { a: "aa", b: "aa" }), []);
  assert.notDeepEqual(quickly(() => issuesOf(schema, { evil: `${"a".repeat(50_000)}!` })), []);
  assert.deepEqual(issuesOf({ pattern: "b" }, "abc"), [], "patterns are not anchored");
  assert.deepEqual(issuesOf({ pattern: "^\\d{4}-[\\w-]+\\/\\u0041$" }, "2024-x-y/A"), []);
});

Deno.test("validate() does not check patterns that need another engine, and says so", () => {
  const validator = createParamsValidator();
  for (const pattern of ["^(?=.*x)", "(a)\\1", "(?<!a)b", "x".repeat(5_000)]) {
    const warnings = validator.validate({ pattern, minLength: 1 }, "zzz");
    assert.equal(warnings.length, 1, pattern);
    assert.match(warnings[0] ?? "", /^pattern not checked/);
    assert.throws(() => validator.validate({ pattern, minLength: 1 }, ""), "the rest is checked");
  }
});

Deno.test("validate() never fetches a reference", () => {
  const fetched: unknown[] = [];
  const before = globalThis.fetch;
  globalThis.fetch = (input) => (fetched.push(input), Promise.reject(new Error("no")));
  try {
    const warnings = createParamsValidator().validate({ $ref: "https://a.example/s.json" }, 1);
    assert.equal(warnings.length, 1);
  } finally {
    globalThis.fetch = before;
  }
  assert.deepEqual(fetched, []);
});

Deno.test("validate() survives schemas that never end, and says that it did not check", () => {
  const validator = createParamsValidator();
  const doubling: Record<string, JsonObject> = { d60: { type: "string" } };
  for (let level = 0; level < 60; level += 1) {
    const next = { $ref: `#/$defs/d${level + 1}` };
    doubling[`d${level}`] = { allOf: [next, next] };
  }
  const twice = { $ref: "#/$defs/a" };
  const tree: JsonSchema = {
    $ref: "#/$defs/a",
    $defs: { a: { allOf: [{ properties: { x: twice } }, { properties: { x: twice } }] } },
  };
  let nested: JsonObject = {};
  for (let level = 0; level < 60; level += 1) nested = { x: nested };
  const hidden: JsonSchema = {
    ...tree,
    $ref: "#/x/a",
    $defs: {},
    x: {
      a: {
        allOf: [{ properties: { x: { $ref: "#/x/a" } } }, { properties: { x: { $ref: "#/x/a" } } }],
      },
    },
  };
  const cases: readonly (readonly [JsonSchema, JsonValue])[] = [
    [{ $ref: "#" }, 1],
    [{ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }, 1],
    [{ $ref: "#/$defs/d0", $defs: doubling }, "x"],
    [tree, nested],
    [hidden, nested],
    [{ $dynamicAnchor: "n", anyOf: [{ $dynamicRef: "#n" }, { $dynamicRef: "#n" }] }, 1],
  ];
  for (const [schema, params] of cases) {
    assert.equal(
      quickly(() => validator.validate(schema, params)).length,
      1,
      JSON.stringify(schema),
    );
  }
});

Deno.test("validate() bounds deep, wide and heavy schemas and parameters", () => {
  const validator = createParamsValidator();
  let deep: JsonObject = { type: "string" };
  for (let level = 0; level < 10_000; level += 1) deep = { properties: { a: deep } };
  const names = Array.from({ length: 50_000 }, (_, index) => [`p${index}`, { type: "string" }]);
  const wide = { properties: Object.fromEntries(names) };
  const long = { description: "x".repeat(10_000_000) };
  for (const schema of [deep, wide, long]) {
    assert.equal(quickly(() => validator.validate(schema, {})).length, 1);
  }
  const many = Array.from({ length: 100_000 }, (_, index) => ({ index }));
  assert.deepEqual(quickly(() => validator.validate({ uniqueItems: true }, many)), []);
  const heavy = { allOf: Array(1_000).fill({ items: { type: "object" } }) };
  assert.equal(quickly(() => validator.validate(heavy, many)).length, 1);
  const slow = { items: { pattern: "(x{1,500}y){1,2}" } };
  const texts = Array.from({ length: 100 }, () => "x".repeat(20_000));
  quickly(() => validator.validate(slow, texts));
});

Deno.test("validate() finds equal items whatever the order of their properties", () => {
  const items = [{ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 }];
  assert.deepEqual(issuesOf({ uniqueItems: true }, items), [
    { path: "", message: "must not have equal items" },
  ]);
  assert.deepEqual(issuesOf({ uniqueItems: true }, [1, "1", [1], null, "null"]), []);
});

Deno.test("validate() reports few issues of many", () => {
  const issues = issuesOf({ items: { type: "string" } }, Array(1_000).fill(1));
  assert.ok(Array.isArray(issues));
  assert.equal(issues.length, 20);
  const first = issuesOf({ items: { type: "string" } }, Array(200_000).fill(1));
  assert.deepEqual(first, [{ path: "[0]", message: "must be string" }]);
});

Deno.test("validate() changes neither parameters nor schema, and schemas do not affect each other", () => {
  const validator = createParamsValidator();
  const schema = Object.freeze({
    $id: "https://json-schema.org/draft/2020-12/schema",
    properties: { a: { type: "number", default: 1 } },
    $ref: "#/properties/a",
  });
  const params = Object.freeze({ b: "1" });
  try {
    validator.validate(schema, params);
  } catch {
    // Whether this odd schema compiles does not matter here; what it leaves behind does.
  }
  validator.validate({ $defs: { a: { $id: "https://json-schema.org/draft/2020-12/schema" } } }, 1);
  validator.validate({ $id: "https://a.example/same", type: "string" }, "x");
  assert.throws(() =>
    validator.validate({ $id: "https://a.example/same", type: "string", minLength: 2 }, "x")
  );
  assert.throws(() => validator.validate({ type: "string" }, 1));
});

Deno.test("validate() goes on after more schemas than it keeps", () => {
  const validator = createParamsValidator();
  for (let index = 0; index < 600; index += 1) {
    assert.throws(() => validator.validate({ minimum: index }, index - 1));
  }
  assert.throws(() => validator.validate({ minimum: 0 }, -1));
});

Deno.test("validate() cannot be made to run code by a schema", () => {
  const validator = createParamsValidator();
  const code = "');globalThis.pwned=1;('";
  const schemas: JsonSchema[] = [
    { properties: { [code]: { type: "string" } }, required: [code] },
    { maxLength: code },
    { $defs: { [code]: { type: "string" } }, $ref: `#/$defs/${code}` },
    { pattern: code, format: code, const: code, enum: [code] },
    JSON.parse('{"properties":{"__proto__":{"type":"number"}},"required":["__proto__"]}'),
  ];
  for (const schema of schemas) {
    try {
      validator.validate(schema, JSON.parse('{"__proto__":"x"}'));
    } catch (error) {
      assert.ok(error instanceof AirlockError, String(error));
    }
  }
  assert.equal("pwned" in globalThis, false);
});
