import assert from "node:assert/strict";
import { testDatabase } from "../../tests/support/test_database.ts";
import { DEFAULT_TIER_LIMITS } from "./tier_limits.ts";
import { TierBook } from "./tier_book.ts";

testDatabase("TierBook is never more than ten seconds behind", async (db) => {
  const clock = { nowMs: 0 };
  const book = new TierBook({
    ...{ sql: db.sql, nowMs: () => clock.nowMs },
    onFailure: (error) => assert.fail(String(error)),
  });
  const limit = async () => (await book.limits()).FREE.execute.limit;
  assert.equal(await limit(), DEFAULT_TIER_LIMITS.FREE.execute.limit);
  await db.sql`insert into tier_limit values ('FREE', 'execute', 5, 1000)`;
  clock.nowMs = 10_000;
  assert.equal(await limit(), 5);
  await db.sql`update tier_limit set rate_limit = 6`;
  assert.equal(await limit(), 5);
  book.forget();
  assert.equal(await limit(), 6);
});

Deno.test("TierBook goes on with what it knows while the database is away", async () => {
  const { openDatabase } = await import("../../registry/database/open_database.ts");
  await using away = await openDatabase({
    ...{ url: "postgres://nobody@127.0.0.1:9/nothing", directory: undefined },
  });
  const failures: unknown[] = [];
  const book = new TierBook({
    ...{ sql: away.sql, nowMs: () => performance.now() },
    onFailure: (error) => failures.push(error),
  });
  assert.deepEqual(await book.limits(), DEFAULT_TIER_LIMITS);
  assert.deepEqual(await book.limits(), DEFAULT_TIER_LIMITS);
});
