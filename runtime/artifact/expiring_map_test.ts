import assert from "node:assert/strict";
import { ExpiringMap } from "./expiring_map.ts";

Deno.test("ExpiringMap.get() forgets after the time to live", () => {
  let nowMs = 0;
  const map = new ExpiringMap<string>({ maxEntries: 10, now: () => nowMs });
  map.set("a", { value: "x", ttlMs: 100 });
  nowMs = 99;
  assert.equal(map.get("a"), "x");
  nowMs = 100;
  assert.equal(map.get("a"), undefined);
  map.set("b", { value: "x", ttlMs: 0 });
  assert.equal(map.get("b"), undefined);
});

Deno.test("ExpiringMap.set() drops the oldest beyond its bound", () => {
  const map = new ExpiringMap<number>({ maxEntries: 2, now: () => 0 });
  for (const [index, key] of ["a", "b", "a", "c"].entries()) {
    map.set(key, { value: index, ttlMs: 1 });
  }
  assert.deepEqual(["a", "b", "c"].map((key) => map.get(key)), [2, undefined, 3]);
});
