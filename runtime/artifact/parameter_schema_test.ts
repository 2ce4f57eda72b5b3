import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import { parameterSchema } from "./parameter_schema.ts";

Deno.test("parameterSchema() turns the list form into a schema", () => {
  assert.deepEqual(
    parameterSchema([
      { name: "text", type: "string", description: "What to say", required: true },
      { name: "times", type: "number", required: false, default: 1 },
      { name: "tags", type: "string[]", required: false },
      { name: "mode", type: "'fast' | \"slow\"" },
      { name: "rows", type: "Array<Record<string, unknown>>", default: [] },
      { name: "odd", type: "Map<string, Foo>", required: false },
    ]),
    {
      type: "object",
      properties: {
        text: { type: "string", description: "What to say" },
        times: { type: "number", default: 1 },
        tags: { type: "array", items: { type: "string" } },
        mode: { enum: ["fast", "slow"] },
        rows: { type: "array", items: { type: "object" }, default: [] },
        odd: {},
      },
      required: ["text", "mode"],
    },
  );
});

Deno.test("parameterSchema() keeps a schema as it is", () => {
  const schema = { type: "object", properties: { x: { type: "string" } } };
  assert.equal(parameterSchema(schema), schema);
});

Deno.test("parameterSchema() says nothing for anything else", () => {
  const odd: (JsonValue | undefined)[] = [undefined, null, 1, "x", [], [1], {}, [{}], [{
    name: 1,
  }]];
  for (const value of odd) assert.equal(parameterSchema(value), undefined);
  assert.equal(parameterSchema([{ name: "__proto__", type: "string" }]), undefined);
});
