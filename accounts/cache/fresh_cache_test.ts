import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { FreshCache, type FreshCacheBounds } from "./fresh_cache.ts";

const BOUNDS: FreshCacheBounds = {
  maxEntries: 3,
  maxAbsent: 2,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 5_000,
  maxReads: 4,
  retryMs: 250,
};

function world(bounds: Partial<FreshCacheBounds> = {}) {
  const state = { nowMs: 0, reads: [] as string[], failures: 0 };
  const values = new Map<string, string>();
  let read = (key: string): Promise<string | null> => Promise.resolve(values.get(key) ?? null);
  const cache = new FreshCache<string>({
    what: "thing",
    read: (key) => {
      state.reads.push(key);
      return read(key);
    },
    bounds: { ...BOUNDS, ...bounds },
    nowMs: () => state.nowMs,
    onFailure: () => void state.failures++,
  });
  return {
    state,
    values,
    cache,
    readBy: (instead: typeof read) => void (read = instead),
    breakDown: () => void (read = () => Promise.reject(new Error("gone"))),
  };
}

async function codeOf(found: string | null | Promise<string | null>): Promise<string> {
  try {
    return `found ${await found}`;
  } catch (error) {
    assert.ok(error instanceof AirlockError, String(error));
    return error.code;
  }
}

Deno.test("FreshCache.find() reads once, then answers without a promise", async () => {
  const { cache, values, state } = world();
  values.set("a", "1");
  assert.deepEqual(await Promise.all([cache.find("a"), cache.find("a")]), ["1", "1"]);
  assert.equal(cache.find("a"), "1");
  assert.equal(await cache.find("none"), null);
  assert.equal(cache.find("none"), null);
  assert.deepEqual(state.reads, ["a", "none"]);
});

Deno.test("FreshCache.find() never answers with what is older than a second", async () => {
  const { cache, values, state } = world();
  values.set("a", "1");
  await cache.find("a");
  values.delete("a");
  state.nowMs = 999;
  assert.equal(cache.find("a"), "1");
  await Promise.resolve();
  const idle = world();
  idle.values.set("a", "1");
  await idle.cache.find("a");
  idle.values.delete("a");
  idle.state.nowMs = 1_000;
  assert.equal(await idle.cache.find("a"), null);
});

Deno.test("FreshCache.find() reads again beforehand, so that what is in use never waits", async () => {
  const { cache, values, state } = world();
  values.set("a", "1");
  await cache.find("a");
  for (let step = 0; step < 20; step++) {
    state.nowMs += 600;
    assert.equal(cache.find("a"), "1");
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(state.reads.length, 21);
});

Deno.test("FreshCache.find() goes on without the database for a bounded time, and says so after", async () => {
  const { cache, values, state, breakDown } = world();
  values.set("a", "1");
  await cache.find("a");
  breakDown();
  state.nowMs = 30_000;
  assert.equal(await codeOf(cache.find("a")), "found 1");
  assert.equal(await codeOf(cache.find("unknown")), "upstream_failed");
  state.nowMs = 60_000;
  assert.equal(await codeOf(cache.find("a")), "upstream_failed");
  assert.ok(state.failures > 0);
});

Deno.test("FreshCache.find() pauses between failing reads, and finds the database again", async () => {
  const { cache, values, state, breakDown, readBy } = world();
  values.set("a", "1");
  breakDown();
  for (let attempt = 0; attempt < 50; attempt++) await codeOf(cache.find("a"));
  assert.equal(state.reads.length, 1);
  readBy((key) => Promise.resolve(values.get(key) ?? null));
  state.nowMs += BOUNDS.retryMs;
  assert.equal(await cache.find("a"), "1");
});

Deno.test("FreshCache.find() does not hang on a database that does, and does not pile up reads", async () => {
  const hanging: PromiseWithResolvers<null>[] = [];
  const { cache, state, readBy } = world({ readTimeoutMs: 20 });
  readBy(() => {
    const one = Promise.withResolvers<null>();
    hanging.push(one);
    return one.promise;
  });
  for (let attempt = 0; attempt < 10; attempt++) {
    assert.notEqual(await codeOf(cache.find(`key ${attempt}`)), "found null");
    state.nowMs += 1_000;
  }
  assert.equal(hanging.length, BOUNDS.maxReads);
  hanging.forEach((one) => one.resolve(null));
});

Deno.test("FreshCache.find() lets nobody wait for a database that hangs, who has an answer", async () => {
  const { cache, values, state, readBy } = world({ readTimeoutMs: 20 });
  values.set("a", "1");
  await cache.find("a");
  const hanging = Promise.withResolvers<string | null>();
  readBy(() => hanging.promise);
  // In use: the read begun beforehand hangs by the time that the answer is no longer fresh.
  for (state.nowMs = 600; state.nowMs < 5_000; state.nowMs += 300) {
    assert.equal(cache.find("a"), "1", `at ${state.nowMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // Idle: it is known that the database does not answer, so not even the first call waits.
  state.nowMs = 40_000;
  assert.equal(cache.find("a"), "1");
  // There is an end to it, and the database is found again.
  state.nowMs = 60_000;
  // On a busy machine so many reads may hang by now that no more are begun.
  assert.match(await codeOf(cache.find("a")) ?? "", /^(upstream_failed|rate_limited)$/);
  hanging.resolve("late");
  readBy(() => Promise.resolve(null));
  await new Promise((resolve) => setTimeout(resolve, 5));
  state.nowMs += BOUNDS.retryMs;
  assert.equal(await cache.find("a"), null);
});

Deno.test("FreshCache.find() bounds reads at once: guesses are turned away", async () => {
  const { cache, readBy } = world();
  const gate = Promise.withResolvers<null>();
  readBy(() => gate.promise);
  const guesses = Array.from({ length: 100 }, (_, index) => codeOf(cache.find(`guess ${index}`)));
  gate.resolve(null);
  const answers = await Promise.all(guesses);
  assert.equal(answers.filter((code) => code === "rate_limited").length, 96);
});

Deno.test("FreshCache.find() reads known things again while guesses fill all other reads", async () => {
  const { cache, values, state, readBy } = world();
  values.set("a", "1");
  await cache.find("a");
  const gate = Promise.withResolvers<null>();
  readBy((key) => key === "a" ? Promise.resolve(null) : gate.promise);
  const guesses = Array.from({ length: 100 }, (_, index) => codeOf(cache.find(`guess ${index}`)));
  state.nowMs = 2_000;
  assert.equal(await cache.find("a"), null);
  gate.resolve(null);
  await Promise.all(guesses);
});

Deno.test("FreshCache keeps bounded numbers, and guesses push out nothing real", async () => {
  const { cache, values } = world();
  for (const key of ["a", "b", "c", "d"]) {
    values.set(key, key);
    await cache.find(key);
  }
  for (let guess = 0; guess < 50; guess++) await cache.find(`guess ${guess}`);
  assert.equal(cache.size, 5);
  assert.equal(cache.find("d"), "d");
});

Deno.test("FreshCache.drop() takes effect at once, also on what is being read", async () => {
  const { cache, values, readBy } = world();
  values.set("a", "old");
  await cache.find("a");
  cache.drop("a");
  const slow = Promise.withResolvers<string>();
  readBy(() => slow.promise);
  const reading = cache.find("a");
  cache.drop("a");
  readBy(() => Promise.resolve("new"));
  slow.resolve("old");
  assert.equal(await reading, "new");
  assert.equal(cache.find("a"), "new");
});
