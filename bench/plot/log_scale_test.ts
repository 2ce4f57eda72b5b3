import assert from "node:assert/strict";
import { logScale } from "./log_scale.ts";

const PX = { fromPx: 100, toPx: 400 };

Deno.test("logScale() ends at the powers of ten around its values", () => {
  const { ticks, at } = logScale([0.05, 8], PX);
  assert.deepEqual(ticks, [0.01, 0.1, 1, 10]);
  assert.deepEqual([0.01, 0.1, 10].map(at).map(Math.round), [100, 200, 400]);
});

Deno.test("logScale() has a width even for one value", () => {
  assert.deepEqual(logScale([1], PX).ticks, [1, 10]);
});

Deno.test("logScale() refuses what has no logarithm", () => {
  for (const values of [[], [0], [-1, 2], [NaN]]) {
    assert.throws(() => logScale(values, PX), RangeError);
  }
});
