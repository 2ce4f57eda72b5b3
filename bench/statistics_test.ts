import assert from "node:assert/strict";
import { median, quantile, rounded } from "./statistics.ts";

Deno.test("quantile() interpolates between neighbours, whatever their order", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(quantile([10, 20, 30, 40, 50], 0.95), 48);
  assert.equal(quantile([7], 0.95), 7);
});

Deno.test("quantile() refuses to invent a value", () => {
  assert.throws(() => quantile([], 0.5), RangeError);
});

Deno.test("rounded() keeps three digits, and all of whole numbers", () => {
  assert.equal(rounded(0.123456), 0.123);
  assert.equal(rounded(12.3456), 12.3);
  assert.equal(rounded(12345.6), 12346);
});
