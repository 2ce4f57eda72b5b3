import assert from "node:assert/strict";
import { MAX_SCHEMA_BYTES, sanitiseSchema } from "./sanitise_schema.ts";

Deno.test("sanitiseSchema() repairs types", () => {
  const rows: readonly (readonly [unknown, unknown])[] = [
    [{ type: "None", properties: {} }, { type: "object", properties: {} }],
    [{ type: "None" }, { type: "object" }],
    [{ properties: { a: { type: "None" } } }, {
      properties: { a: { type: "object" } },
      type: "object",
    }],
    [{ type: ["object", "null"] }, { type: "object" }],
    [{ anyOf: [{ type: "object" }] }, { anyOf: [{ type: "object" }], type: "object" }],
    [{ type: null, properties: {} }, { type: "object", properties: {} }],
  ];
  for (const [raw, expected] of rows) assert.deepEqual(sanitiseSchema(raw).schema, expected);
});

Deno.test("sanitiseSchema() refuses what describes no object", () => {
  for (const raw of [null, 1, "object", [], {}, { type: "string" }, { type: ["string", "null"] }]) {
    const { schema, warnings } = sanitiseSchema(raw);
    assert.equal(schema, null);
    assert.equal(warnings.length, 1);
  }
});

Deno.test("sanitiseSchema() drops what is not JSON", () => {
  const raw = {
    type: "object",
    fn: () => 1,
    nan: NaN,
    big: 1n,
    symbol: Symbol(),
    list: [1, () => 1, undefined],
    get bad() {
      throw new Error("getter");
    },
  };
  assert.deepEqual(sanitiseSchema(raw).schema, { type: "object", list: [1] });
});

Deno.test("sanitiseSchema() cuts cycles and depth", () => {
  const cyclic: Record<string, unknown> = { type: "object", properties: {} };
  Reflect.set(Object(cyclic.properties), "self", cyclic);
  const cut = sanitiseSchema(cyclic);
  assert.deepEqual(cut.schema, { type: "object", properties: { self: {} } });
  assert.equal(cut.warnings.length, 1);
  let deep: unknown = { type: "string" };
  for (let level = 0; level < 10_000; level++) deep = { type: "object", properties: { a: deep } };
  assert.ok(JSON.stringify(sanitiseSchema(deep).schema).length < 2000);
});

Deno.test("sanitiseSchema() bounds size, shared references included", () => {
  const long = { type: "object", description: "x".repeat(MAX_SCHEMA_BYTES) };
  assert.equal(sanitiseSchema(long).schema, null);
  let shared: unknown = { type: "string" };
  for (let level = 0; level < 40; level++) shared = { properties: { a: shared, b: shared } };
  const startedAt = performance.now();
  assert.equal(sanitiseSchema(shared).schema, null);
  assert.ok(performance.now() - startedAt < 2000);
});

Deno.test("sanitiseSchema() keeps __proto__ a property", () => {
  const raw: unknown = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}');
  const { schema } = sanitiseSchema(raw);
  assert.equal(JSON.stringify(schema), JSON.stringify(raw));
  assert.equal(Reflect.get({}, "type"), undefined);
});
