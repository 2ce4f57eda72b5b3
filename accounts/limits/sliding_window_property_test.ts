import assert from "node:assert/strict";
import type { RateLimit, RateStore, RateTake } from "../../spec/rate_limit.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { testRedis } from "../../tests/support/test_redis.ts";
import { createDatabaseRateStore } from "./database_rate_store.ts";
import { createMemoryRateStore } from "./memory_rate_store.ts";
import { createRedisRateStore } from "./redis_rate_store.ts";
import { mostInAnyStretch } from "./sliding_window.ts";

/** One caller's attempts: when, against which limit. */
interface Sequence {
  readonly limit: RateLimit;
  readonly times: readonly number[];
}

const START_MS = Date.UTC(2031, 4, 6);

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bursts, trickles and pauses, many at the edges of windows. */
function randomSequence(seed: number, attempts: number): Sequence {
  const random = randomNumbers(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  // Long windows: Redis forgets by its own clock, which runs on meanwhile.
  const windowMs = [60_000, 61_234, 3_600_000][upTo(2)]!;
  const limit = [1, 2, 3, 7, 20][upTo(4)]!;
  const steps = [
    () => 0,
    () => upTo(3),
    () => upTo(Math.ceil(windowMs / limit)),
    () => upTo(2 * windowMs),
  ];
  const times: number[] = [];
  let atMs = START_MS + upTo(windowMs);
  while (times.length < attempts) {
    const step = steps[upTo(steps.length - 1)]!;
    if (random() < 0.2) atMs = Math.ceil(atMs / windowMs) * windowMs - upTo(2) + upTo(2);
    for (let left = upTo(2 * limit); left >= 0 && times.length < attempts; left--) {
      atMs += step();
      times.push(atMs);
    }
  }
  // At the edges of windows a clock may also have gone back.
  return { limit: { limit, windowMs }, times };
}

/** What a store says to a sequence, one take after another. */
async function play(
  { limit, times }: Sequence,
  open: (nowMs: () => number) => RateStore,
): Promise<RateTake[]> {
  let nowMs = 0;
  await using store = open(() => nowMs);
  const key = `test:${crypto.randomUUID()}`;
  const takes: RateTake[] = [];
  for (const time of times) {
    nowMs = time;
    takes.push(await store.take(key, limit));
  }
  return takes;
}

/** Times of what passed, none before the one before it. */
function passedOf({ times }: Sequence, takes: readonly RateTake[]): number[] {
  const passed: number[] = [];
  times.forEach((time, at) => {
    if (takes[at]!.allowed) passed.push(Math.max(time, passed.at(-1) ?? 0));
  });
  return passed;
}

function mostWithin(passed: readonly number[], lengthMs: number): number {
  let most = 0;
  let first = 0;
  passed.forEach((time, at) => {
    while (time - passed[first]! >= lengthMs) first++;
    most = Math.max(most, at - first + 1);
  });
  return most;
}

Deno.test("takeFrom() never lets more through than it says, in any stretch of time", async () => {
  let highest = 0;
  for (let seed = 0; seed < 300; seed++) {
    const sequence = randomSequence(seed, 300);
    const { limit, windowMs } = sequence.limit;
    const takes = await play(sequence, (nowMs) => createMemoryRateStore({ nowMs }));
    const passed = passedOf(sequence, takes);
    const most = mostWithin(passed, windowMs);
    assert.ok(most <= mostInAnyStretch(sequence.limit), `seed ${seed}: ${most} of ${limit}`);
    highest = Math.max(highest, most / limit);
    const inWindow = new Map<number, number>();
    for (const time of passed) {
      const window = Math.floor(time / windowMs);
      inWindow.set(window, (inWindow.get(window) ?? 0) + 1);
    }
    assert.ok(Math.max(...inWindow.values()) <= limit, `seed ${seed}: more in one window`);
  }
  assert.ok(highest > 1.2, `the sequences come near the bound: ${highest}`);
});

Deno.test("the property does not hold of windows that do not slide", async () => {
  const limit = { limit: 5, windowMs: 60_000 };
  const edge = Math.ceil(START_MS / limit.windowMs) * limit.windowMs;
  const times = [...Array(5).fill(edge - 1), ...Array(5).fill(edge)];
  assert.ok(mostWithin(times, limit.windowMs) > mostInAnyStretch(limit));
  const takes = await play({ limit, times }, (nowMs) => createMemoryRateStore({ nowMs }));
  assert.equal(mostWithin(passedOf({ limit, times }, takes), limit.windowMs), 5);
});

Deno.test("takeFrom() stands still while a clock is set back", async () => {
  const limit = { limit: 2, windowMs: 60_000 };
  const edge = Math.ceil(START_MS / limit.windowMs) * limit.windowMs;
  for (const back of [1, 60_000, 3_600_000]) {
    const times = [edge, edge, edge - back, edge];
    const takes = await play({ limit, times }, (nowMs) => createMemoryRateStore({ nowMs }));
    assert.deepEqual(takes.map(({ allowed }) => allowed), [true, true, false, false]);
  }
});

/** That a store answers to random sequences, with clocks set back in them, as memory does. */
async function compare(open: (nowMs: () => number) => RateStore, seeds: readonly number[]) {
  for (const seed of seeds) {
    const { limit, times } = randomSequence(seed, 120);
    const random = randomNumbers(seed);
    const sequence = {
      limit,
      times: times.map((time) => random() < 0.05 ? time - limit.windowMs : time),
    };
    const expected = await play(sequence, (nowMs) => createMemoryRateStore({ nowMs }));
    assert.deepEqual(await play(sequence, open), expected, `seed ${seed}`);
  }
}

testDatabase("createDatabaseRateStore() answers as memory does", async (db) => {
  await compare((nowMs) => createDatabaseRateStore(db.sql, { nowMs }), [1, 2, 3, 4, 5]);
});

testRedis("createRedisRateStore() answers as memory does", async (url) => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  await compare((nowMs) => createRedisRateStore({ url, nowMs }), seeds);
});
