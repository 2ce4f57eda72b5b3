import { jsonSchema as jsonSchema5 } from "ai5";
import { jsonSchema as jsonSchema7, zodSchema as zodSchema7 } from "ai7";
import { type } from "arktype";
import assert from "node:assert/strict";
import * as v from "valibot";
import { z } from "zod";
import { z as z3 } from "zod3";
import { extractSchema } from "./tool_schema.ts";

/** The shape common to all rows: one required string, one optional number. */
const PROPERTIES = { a: { type: "string" }, b: { type: "number" } };
const JSON_FORM = { type: "object", properties: PROPERTIES, required: ["a"] } as const;

const ROWS: readonly (readonly [name: string, schema: unknown, strategy: string])[] = [
  ["Zod 4", z.object({ a: z.string(), b: z.number().optional() }), "zod4"],
  ["Zod 3", z3.object({ a: z3.string(), b: z3.number().optional() }), "zod3"],
  ["a shape of Zod 4", { a: z.string(), b: z.number().optional() }, "zod4"],
  ["a shape of Zod 3", { a: z3.string(), b: z3.number().optional() }, "zod3"],
  ["AI SDK 5", jsonSchema5(JSON_FORM), "ai-sdk"],
  ["AI SDK 7", jsonSchema7(JSON_FORM), "ai-sdk"],
  ["AI SDK 7, later", jsonSchema7(() => Promise.resolve(JSON_FORM)), "ai-sdk"],
  ["AI SDK over Zod", zodSchema7(z.object({ a: z.string(), b: z.number().optional() })), "ai-sdk"],
  ["ArkType", type({ a: "string", "b?": "number" }), "standard-schema"],
  ["JSON Schema", JSON_FORM, "json-schema"],
  ["a lazy schema", () => z.object({ a: z.string(), b: z.number().optional() }), "zod4"],
  ["a promised schema", () => Promise.resolve(JSON_FORM), "json-schema"],
];

for (const [name, schema, strategy] of ROWS) {
  Deno.test(`extractSchema() reads ${name}`, async () => {
    const found = await extractSchema(schema, "input");
    assert.equal(found.strategy, strategy);
    assert.deepEqual(found.warnings, []);
    const { properties, required } = Object(found.schema);
    assert.equal(found.schema?.type, "object");
    assert.deepEqual(properties, PROPERTIES);
    assert.deepEqual(required, ["a"]);
  });
}

Deno.test("extractSchema() takes the asked side of transforms and defaults", async () => {
  const schema = z.object({ a: z.string().default("x") });
  assert.equal((await extractSchema(schema, "input")).schema?.required, undefined);
  assert.deepEqual((await extractSchema(schema, "output")).schema?.required, ["a"]);
  const transformed = z.object({ a: z.string().transform((text) => text.length), when: z.date() });
  const { properties } = Object((await extractSchema(transformed, "input")).schema);
  assert.deepEqual(properties, { a: { type: "string" }, when: {} });
});

Deno.test("extractSchema() reads recursive schemas", async () => {
  interface Node {
    children: Node[];
  }
  const four: z.ZodType<Node> = z.lazy(() => z.object({ children: z.array(four) }));
  const three: z3.ZodType<Node> = z3.lazy(() => z3.object({ children: z3.array(three) }));
  for (const schema of [z.object({ root: four }), z3.object({ root: three })]) {
    const found = await extractSchema(schema, "input");
    assert.equal(found.schema?.type, "object");
    assert.match(JSON.stringify(found.schema), /\$ref/);
  }
});

Deno.test("extractSchema() says why there is no schema", async () => {
  const trap = () => {
    throw new Error("trap");
  };
  const rows: readonly (readonly [unknown, RegExp | null])[] = [
    [undefined, null],
    [null, null],
    [v.object({ a: v.string() }), /valibot/],
    [() => {
      throw new Error("needs a key");
    }, /needs a key/],
    [{ anything: 1 }, /no known kind/],
    [z.string(), /not an object/],
    [z.any(), /accepts anything/],
    [jsonSchema7(() => Promise.reject(new Error("offline"))), /offline/],
    [new Proxy({}, { get: trap, ownKeys: trap }), /.+/],
    [{ _zod: { def: {} } }, /no JSON form|accepts anything/],
    [{ _def: { typeName: "ZodObject" } }, /JSON form|accepts anything/],
  ];
  for (const [schema, warning] of rows) {
    const found = await extractSchema(schema, "input");
    assert.equal(found.schema, null);
    assert.equal(found.strategy, "none");
    if (warning === null) assert.deepEqual(found.warnings, []);
    else assert.match(found.warnings.join(), warning);
  }
});
