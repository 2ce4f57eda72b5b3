import assert from "node:assert/strict";
import { eventually } from "../../tests/support/kill_world.ts";
import {
  openSharedDatabase,
  TEST_DATABASE_KINDS,
  testDatabase,
} from "../../tests/support/test_database.ts";
import { createRunLocks } from "./run_lock.ts";

testDatabase("createRunLocks() gives each lock once, until it is let go", async (database) => {
  const locks = createRunLocks(database);
  const held = await locks.take("changes");
  assert.ok(held !== undefined);
  assert.equal(await locks.take("changes"), undefined);
  await using other = await locks.take("metrics");
  assert.ok(other !== undefined);
  await held[Symbol.asyncDispose]();
  await using again = await locks.take("changes");
  assert.ok(again !== undefined && !again.lost.aborted);
});

// PGlite has one session, which nobody can end.
const hasServer = TEST_DATABASE_KINDS.includes("postgres");
const reason = hasServer ? "postgres" : "no server at AIRLOCK_TEST_DATABASE_URL";

Deno.test({
  name: `createRunLocks() tells when a lock is no longer certain (${reason})`,
  // Only where there is no server, which the name then says; with CI=true there has to be one.
  ignore: !hasServer,
  fn: tellsLoss,
});

async function tellsLoss(): Promise<void> {
  await using database = await openSharedDatabase("postgres");
  const locks = createRunLocks(database, { heartbeatMs: 20 });
  await using held = await locks.take("changes");
  assert.ok(held !== undefined);
  await database.sql`
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and database = (
      select oid from pg_database where datname = current_database()
    ) and pid <> pg_backend_pid()`;
  assert.ok(await eventually(() => held.lost.aborted, 20_000));
  await using next = await locks.take("changes");
  assert.ok(next !== undefined, "the lock went with its session");
  // The pool does not go on with what has ended.
  await held[Symbol.asyncDispose]();
  await Promise.all(Array.from({ length: 30 }, () => database.sql`select 1`));
}
