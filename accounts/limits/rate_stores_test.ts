import assert from "node:assert/strict";
import type { RateLimit, RateStore } from "../../spec/rate_limit.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { testRedis } from "../../tests/support/test_redis.ts";
import { createDatabaseRateStore } from "./database_rate_store.ts";
import { createMemoryRateStore } from "./memory_rate_store.ts";
import { createRedisRateStore } from "./redis_rate_store.ts";

// So long that no window ends within a test, but by bad luck once in a day.
const LIMIT = { limit: 20, windowMs: 86_400_000 };

/** What every store keeps to. Keys are of this run alone: a server may remember those of others. */
async function checkStore(given: RateStore): Promise<void> {
  const run = crypto.randomUUID();
  const store = {
    take: (key: string, limit: RateLimit) => given.take(`${run}:${key}`, limit),
  };
  const at = await Promise.all(Array.from({ length: 100 }, () => store.take("a", LIMIT)));
  assert.equal(at.filter(({ allowed }) => allowed).length, LIMIT.limit, "exactly the limit passes");
  const left = at.filter(({ allowed }) => allowed).map(({ remaining }) => remaining);
  assert.deepEqual(left.toSorted((one, other) => one - other), [...Array(LIMIT.limit).keys()]);
  assert.ok(at.every(({ resetMs }) => resetMs > 0 && resetMs <= 2 * LIMIT.windowMs));
  assert.equal((await store.take("b", LIMIT)).remaining, LIMIT.limit - 1, "each key by itself");
  assert.equal((await store.take("c", { ...LIMIT, limit: 0 })).allowed, false);
  assert.equal((await store.take("c", { ...LIMIT, limit: 0 })).allowed, false);
  const short = { limit: 1, windowMs: 200 };
  assert.equal((await store.take("d", short)).allowed, true);
  const refused = await store.take("d", short);
  assert.equal(refused.allowed, false);
  await new Promise((resolve) => setTimeout(resolve, refused.resetMs + 20));
  assert.equal((await store.take("d", short)).allowed, true, "it came when it was told to");
}

Deno.test("createMemoryRateStore() lets exactly the limit through", async () => {
  await using store = createMemoryRateStore();
  await checkStore(store);
});

Deno.test("createMemoryRateStore() forgets whoever asked longest ago, beyond its bound", async () => {
  await using store = createMemoryRateStore({ maxKeys: 2 });
  for (const key of ["a", "b", "a", "c"]) await store.take(key, LIMIT);
  assert.equal((await store.take("a", LIMIT)).remaining, LIMIT.limit - 3);
  assert.equal((await store.take("b", LIMIT)).remaining, LIMIT.limit - 1);
});

testDatabase(
  "createDatabaseRateStore() lets exactly the limit through, over all nodes",
  async (db) => {
    const nodes = [createDatabaseRateStore(db.sql), createDatabaseRateStore(db.sql)];
    await checkStore(byTurns(nodes));
  },
);

testRedis("createRedisRateStore() lets exactly the limit through, over all nodes", async (url) => {
  await using one = createRedisRateStore({ url });
  await using other = createRedisRateStore({ url });
  await checkStore(byTurns([one, other]));
});

function byTurns(nodes: readonly RateStore[]): RateStore {
  let turn = 0;
  return {
    take: (key, limit) => nodes[turn++ % nodes.length]!.take(key, limit),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
