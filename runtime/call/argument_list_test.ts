import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import { argumentList } from "./argument_list.ts";

const SLUGIFY = {
  positional: ["string", "options"],
  inputSchema: { type: "object", properties: { string: {}, options: {} }, required: ["string"] },
};

Deno.test("argumentList() turns named arguments into a list, in order", () => {
  assert.deepEqual(argumentList({ options: { lower: true }, string: "A" }, SLUGIFY), [
    "A",
    { lower: true },
  ]);
  assert.deepEqual(argumentList({ string: "A" }, SLUGIFY), ["A"]);
});

Deno.test("argumentList() fills what is left out in between", () => {
  const three = { positional: ["a", "b", "c"], inputSchema: null };
  assert.deepEqual(argumentList({ a: 1, c: 3 }, three), [1, null, 3]);
});

Deno.test("argumentList() leaves alone what was not meant so", () => {
  const others: readonly JsonValue[] = ["A", ["A"], null, 5, {}, { options: {} }, {
    string: "A",
    other: 1,
  }];
  for (const params of others) {
    assert.deepEqual(argumentList(params, SLUGIFY), params);
  }
  const plain = { inputSchema: SLUGIFY.inputSchema };
  assert.deepEqual(argumentList({ string: "A" }, plain), { string: "A" });
});

Deno.test("argumentList() is not fooled by names that every object has", () => {
  const odd = { positional: ["constructor", "a"], inputSchema: { required: ["constructor"] } };
  assert.deepEqual(argumentList({ a: 1 }, odd), { a: 1 });
  const hidden = JSON.parse('{"__proto__": 1}');
  assert.equal(argumentList(hidden, SLUGIFY), hidden);
});
