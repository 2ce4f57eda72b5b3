import assert from "node:assert/strict";
import { canonicalJson } from "./canonical_json.ts";

Deno.test("canonicalJson() gives equal values one text", () => {
  assert.equal(canonicalJson({ b: [{ d: 1, c: 2 }], a: "x" }), '{"a":"x","b":[{"c":2,"d":1}]}');
  assert.equal(canonicalJson({ a: undefined, b: null }), '{"b":null}');
  assert.notEqual(canonicalJson([1, 2]), canonicalJson([2, 1]));
});

Deno.test("canonicalJson() keeps members with the names of prototypes and numbers in text order", () => {
  const odd: unknown = JSON.parse('{"__proto__":{"z":1},"constructor":2,"A":3}');
  assert.equal(canonicalJson(odd), '{"A":3,"__proto__":{"z":1},"constructor":2}');
});
