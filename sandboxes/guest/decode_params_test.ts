import assert from "node:assert/strict";
import { decodeParams } from "./decode_params.ts";

Deno.test("decodeParams() keeps __proto__ an own key", () => {
  const params = decodeParams('{"__proto__":{"polluted":true},"a":1}');
  assert.ok(Object.hasOwn(Object(params), "__proto__"));
  assert.equal(Object.getPrototypeOf(params), Object.prototype);
  assert.equal(Reflect.get({}, "polluted"), undefined);
});

Deno.test("decodeParams() parses with the JSON.parse of before", () => {
  const { parse } = JSON;
  try {
    JSON.parse = () => "forged";
    assert.equal(decodeParams("[1]") instanceof Array, true);
  } finally {
    JSON.parse = parse;
  }
});

Deno.test("decodeParams() refuses what is not JSON", () => {
  assert.throws(() => decodeParams("{"), SyntaxError);
});
