import assert from "node:assert/strict";
import { ArrivalRate } from "./arrival_rate.ts";
import { Demand } from "./demand.ts";

const OPTIONS = { blankFloor: 1, blankCeiling: 6, refillDelayMs: 100 };

Deno.test("ArrivalRate finds the rate of regular events, and that they have stopped", () => {
  const rate = new ArrivalRate(10_000);
  for (let atMs = 0; atMs <= 100_000; atMs += 200) rate.add(atMs);
  const now = rate.perSecond(100_000);
  assert.ok(now > 4.8 && now < 5.2, `${now}`);
  assert.ok(rate.perSecond(160_000) < 0.02);
});

Deno.test("blankTarget() follows bursts between floor and ceiling, and lets go of them", () => {
  const demand = new Demand(OPTIONS);
  assert.equal(demand.blankTarget(0), 1);
  for (let index = 0; index < 4; index += 1) demand.taken(1_000 + index);
  assert.equal(demand.blankTarget(1_010), 4);
  assert.equal(demand.blankTarget(61_010), 2);
  assert.equal(demand.blankTarget(301_010), 1);
  for (let index = 0; index < 40; index += 1) demand.taken(400_000 + index);
  assert.equal(demand.blankTarget(400_050), 6);
});

Deno.test("blankTarget() does not grow where each is replaced before the next is taken", () => {
  const demand = new Demand(OPTIONS);
  for (let atMs = 0; atMs < 100_000; atMs += 500) demand.taken(atMs);
  assert.equal(demand.blankTarget(100_000), 1);
  // Starting takes longer now, so more are taken meanwhile.
  for (let index = 0; index < 40; index += 1) demand.spawned(1_000);
  for (let atMs = 100_000; atMs < 110_000; atMs += 500) demand.taken(atMs);
  assert.equal(demand.blankTarget(110_000), 3);
});

Deno.test("worthOfKey() is how often it is called times what a cold start costs", () => {
  const demand = new Demand(OPTIONS);
  for (let atMs = 0; atMs < 600_000; atMs += 1_000) demand.arrived("hot", atMs);
  demand.arrived("slow to load", 599_000);
  demand.arrived("rare", 599_000);
  demand.startedCold("hot", 20);
  demand.startedCold("slow to load", 3_000);
  demand.startedCold("rare", 20);
  const [hot, slow, rare] = ["hot", "slow to load", "rare"].map((key) =>
    demand.worthOfKey(key, 600_000)
  );
  assert.ok(hot! > slow! && slow! > rare!, `${hot} ${slow} ${rare}`);
  assert.equal(demand.worthOfKey("unknown", 600_000), 0);
});

Deno.test("arrived() remembers a bounded number of keys", () => {
  const demand = new Demand(OPTIONS);
  for (let index = 0; index < 5_000; index += 1) demand.arrived(`k${index}`, index);
  demand.arrived(null, 5_000);
  assert.equal(demand.numbers(5_000).knownKeys, 2_000);
});
