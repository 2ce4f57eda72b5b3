import assert from "node:assert/strict";
import { takeFrom, type WindowCounts } from "./sliding_window.ts";

const LIMIT = { limit: 10, windowMs: 1000 };

/** Takes at each time; which were allowed. */
function takeAll(times: readonly number[], limit = LIMIT): boolean[] {
  let known: WindowCounts | undefined;
  return times.map((nowMs) => {
    const { counts, take } = takeFrom(known, limit, { nowMs });
    known = counts;
    return take.allowed;
  });
}

const count = (all: readonly boolean[]) => all.filter((allowed) => allowed).length;

Deno.test("takeFrom() lets exactly the limit through within a window", () => {
  assert.equal(count(takeAll(Array.from({ length: 25 }, () => 5000))), 10);
  assert.equal(count(takeAll([5000, 5001], { limit: 0, windowMs: 1000 })), 0);
});

Deno.test("takeFrom() does not start afresh with each window", () => {
  // All at the end of one window: a fixed window would let as many through a moment later.
  const late = Array.from({ length: 10 }, () => 5999);
  assert.equal(count(takeAll([...late, ...Array.from({ length: 10 }, () => 6001)])), 10);
  // Half of them are out of reach in the middle of the next.
  assert.equal(count(takeAll([...late, ...Array.from({ length: 10 }, () => 6500)])), 15);
  assert.equal(count(takeAll([...late, ...Array.from({ length: 10 }, () => 7000)])), 20);
  assert.equal(count(takeAll([...late, ...Array.from({ length: 10 }, () => 99_000)])), 20);
});

Deno.test("takeFrom() says what is left, and when the next is let through", () => {
  const first = takeFrom(undefined, LIMIT, { nowMs: 5200 });
  assert.deepEqual(first.take, { allowed: true, remaining: 9, resetMs: 800 });
  for (const nowMs of [5000, 5400, 5999]) {
    for (
      const known of [{ count: 10, previous: 0 }, { count: 7, previous: 10 }, {
        count: 2,
        previous: 10,
      }]
    ) {
      const counts = { startedMs: 5000, ...known };
      const { take } = takeFrom(counts, LIMIT, { nowMs });
      if (take.allowed) continue;
      assert.equal(take.remaining, 0);
      const onTime = takeFrom(counts, LIMIT, { nowMs: nowMs + Math.ceil(take.resetMs) });
      assert.ok(onTime.take.allowed, JSON.stringify({ nowMs, known, take }));
      if (take.resetMs <= 2) continue;
      const early = takeFrom(counts, LIMIT, { nowMs: nowMs + take.resetMs - 2 });
      assert.ok(!early.take.allowed, JSON.stringify({ nowMs, known, take }));
    }
  }
});
