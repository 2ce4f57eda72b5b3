import assert from "node:assert/strict";
import { DecayingPeak } from "./decaying_peak.ts";

Deno.test("DecayingPeak counts what comes within a window, and forgets it by halves", () => {
  const peak = new DecayingPeak(1_000);
  assert.equal(peak.at(0), 0);
  for (const atMs of [0, 10, 20, 25]) peak.add(atMs, 50);
  assert.equal(peak.at(25), 4);
  assert.equal(peak.at(1_025), 2);
  assert.equal(peak.at(3_025), 0.5);
  // One after the other is never more than one at once.
  const slow = new DecayingPeak(1_000);
  for (let atMs = 0; atMs < 10_000; atMs += 100) slow.add(atMs, 50);
  assert.equal(slow.at(9_900), 1);
});

Deno.test("DecayingPeak lets a smaller burst raise only what has faded", () => {
  const peak = new DecayingPeak(1_000);
  for (let index = 0; index < 8; index += 1) peak.add(0, 50);
  peak.add(1_000, 50);
  assert.equal(peak.at(1_000), 4, "the old burst still counts for more");
  for (let index = 0; index < 3; index += 1) peak.add(10_000, 50);
  assert.equal(peak.at(10_000), 3);
});
