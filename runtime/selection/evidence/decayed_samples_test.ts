import assert from "node:assert/strict";
import { DecayedSamples, HALF_LIFE_MS, MAX_SAMPLES } from "./decayed_samples.ts";

function sample(toolMs: number, atMs = 0, cold = false) {
  return { atMs, startMs: toolMs / 10, toolMs, cold };
}

Deno.test("evidence() is the median of the newest calls", () => {
  const samples = new DecayedSamples();
  assert.deepEqual(samples.evidence(0), { calls: 0, startMs: 0, toolMs: 0 });
  for (const toolMs of [10, 1000, 20, 30, 25]) samples.add(sample(toolMs));
  assert.deepEqual(samples.evidence(0), { calls: 5, startMs: 2.5, toolMs: 25 });
  for (let index = 0; index < 200; index += 1) samples.add(sample(7));
  assert.equal(samples.all.length, MAX_SAMPLES);
  const { calls, toolMs } = samples.evidence(0);
  assert.deepEqual([calls, toolMs], [MAX_SAMPLES, 7]);
});

Deno.test("evidence() halves the weight of calls with time, and forgets them", () => {
  const samples = new DecayedSamples(Array.from({ length: 10 }, () => sample(100)));
  assert.equal(samples.evidence(0).calls, 10);
  assert.equal(samples.evidence(HALF_LIFE_MS).calls, 5);
  assert.equal(samples.evidence(2 * HALF_LIFE_MS).calls, 2.5);
  assert.equal(samples.evidence(5 * HALF_LIFE_MS).calls, 0);
  // Three calls of today outweigh ten of a fortnight ago.
  for (let index = 0; index < 3; index += 1) samples.add(sample(3, 4 * HALF_LIFE_MS));
  assert.equal(samples.evidence(4 * HALF_LIFE_MS).toolMs, 3);
});

Deno.test("evidence() tells cold starts from warm ones", () => {
  const samples = new DecayedSamples();
  for (let index = 0; index < 9; index += 1) samples.add(sample(10));
  assert.equal(samples.evidence(0).coldMs, undefined);
  samples.add(sample(5000, 0, true));
  const { startMs, coldMs } = samples.evidence(0);
  assert.deepEqual([startMs, coldMs], [1, 500]);
});

Deno.test("evidence() follows a change within a few calls", () => {
  const samples = new DecayedSamples(Array.from({ length: 50 }, () => sample(5)));
  assert.equal(samples.evidence(0).toolMs, 5);
  for (let index = 0; index < MAX_SAMPLES / 2 + 4; index += 1) {
    samples.add(sample(80));
    samples.evidence(0);
  }
  assert.equal(samples.evidence(0).toolMs, 80);
});
