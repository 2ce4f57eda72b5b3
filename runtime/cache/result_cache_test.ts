import assert from "node:assert/strict";
import { ResultCache } from "./result_cache.ts";

function cache(options: { maxBytes?: number; ttlMs?: number } = {}) {
  const time = { nowMs: 0 };
  const nowMs = () => time.nowMs;
  return { time, cache: new ResultCache({ maxBytes: 100_000, ttlMs: 100, ...options, nowMs }) };
}

Deno.test("get() gives back what was set, until its time is over", () => {
  const { cache: results, time } = cache();
  results.set("a", { output: { list: [1, "2", null] }, runtime: "quickjs" });
  time.nowMs = 99;
  assert.deepEqual(results.get("a"), { output: { list: [1, "2", null] }, runtime: "quickjs" });
  time.nowMs = 100;
  assert.equal(results.get("a"), undefined);
  assert.deepEqual(results.stats, { entries: 0, bytes: 0, maxBytes: 100_000 });
});

Deno.test("get() gives everybody a result of their own", () => {
  const { cache: results } = cache();
  results.set("a", { output: { list: [1] }, runtime: "deno" });
  const first = results.get("a")?.output;
  Object.assign(first ?? {}, { list: "spoiled" });
  assert.deepEqual(results.get("a")?.output, { list: [1] });
});

Deno.test("set() keeps within its memory, the least recently used going first", () => {
  const { cache: results } = cache({ maxBytes: 10_000 });
  const big = "x".repeat(200);
  for (let index = 0; index < 500; index += 1) {
    results.set(`k${index}`, { output: big, runtime: "deno" });
    results.get("k0");
    assert.ok(results.stats.bytes <= 10_000, `${results.stats.bytes}`);
  }
  assert.ok(results.get("k0"), "used again and again");
  assert.ok(results.get("k499"));
  assert.equal(results.get("k1"), undefined);
  assert.ok(results.stats.entries >= 8);
});

Deno.test("set() refuses what would push out too much else, and replaces what was there", () => {
  const { cache: results } = cache({ maxBytes: 10_000 });
  results.set("a", { output: "x".repeat(600), runtime: "deno" });
  assert.equal(results.get("a"), undefined);
  for (let round = 0; round < 100; round += 1) {
    results.set("b", { output: round, runtime: "deno" });
  }
  assert.deepEqual(results.get("b")?.output, 99);
  assert.equal(results.stats.entries, 1);
  const off = cache({ maxBytes: 0 }).cache;
  off.set("a", { output: 1, runtime: "deno" });
  assert.equal(off.isOn, false);
  assert.equal(off.get("a"), undefined);
});
