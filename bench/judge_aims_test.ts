import assert from "node:assert/strict";
import { judgeAims } from "./judge_aims.ts";
import type { Measurement } from "./measurement.ts";

const row = (name: string, median: number, ratio?: number): Measurement => ({
  part: "load",
  name,
  unit: "ms",
  samples: 1,
  median,
  p95: median,
  ...(ratio === undefined ? {} : { ratio: { to: "other", value: ratio } }),
});

Deno.test("judgeAims() compares with the aim, on the right side of it", () => {
  const aims = judgeAims([
    row("html, Airlock @32: throughput", 5_000, 0.99),
    row("html, Airlock @1: latency p50", 0.55),
    row("html, in-process @1: latency p50", 0.3),
    row("idle gateway, RSS", 101),
  ]);
  assert.deepEqual(aims.map(({ reached, ok }) => [reached, ok]), [
    ["0.99", false],
    ["0.25", true],
    ["101", false],
  ]);
});

Deno.test("judgeAims() says nothing of what was not measured", () => {
  assert.deepEqual(judgeAims([]), []);
  assert.deepEqual(judgeAims([row("html, Airlock @1: latency p50", 0.5)]), []);
});
