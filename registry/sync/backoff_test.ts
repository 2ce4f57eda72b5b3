import assert from "node:assert/strict";
import { backoffMs } from "./backoff.ts";

Deno.test("backoffMs() doubles up to the longest, less a random part", () => {
  const whole = { firstMs: 100, longestMs: 1_000, random: () => 1 };
  assert.deepEqual([0, 1, 2, 3, 4, 500].map((attempt) => backoffMs(attempt, whole)), [
    ...[100, 200, 400, 800, 1_000, 1_000],
  ]);
  const half = { ...whole, random: () => 0 };
  assert.deepEqual([0, 1, 4].map((attempt) => backoffMs(attempt, half)), [50, 100, 500]);
});
