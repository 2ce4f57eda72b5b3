import assert from "node:assert/strict";
import { join } from "node:path";
import { TcpRelay } from "../../tests/support/tcp_relay.ts";
import { createServerDatabase, TEST_DATABASE_KINDS } from "../../tests/support/test_database.ts";
import type { Database } from "./database.ts";
import { startDatabase } from "./start_database.ts";

const NO_SERVER = !TEST_DATABASE_KINDS.includes("postgres");

/** Waits until health is as wanted. */
async function until(database: Database, state: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if ((await database.health()).state === state) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never ${state}: ${JSON.stringify(await database.health())}`);
}

Deno.test("startDatabase() is there at once and idle; the first query opens it and waits for the schema", async () => {
  const started = performance.now();
  const options = { url: undefined, directory: undefined, onFailure: assert.ifError };
  await using database = startDatabase(options);
  assert(performance.now() - started < 1_000);
  while ((await database.health()).state === "starting") {
    // The directory is about to be locked.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await database.health(), {
    kind: "pglite",
    state: "idle",
    latencyMs: null,
    problem: null,
  });
  const [row] = await database.sql`select count(*)::int as count from schema_migration`;
  assert(row!.count >= 1);
  await until(database, "ok");
});

Deno.test("startDatabase() opens PGlite anew when it has broken, and loses nothing", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-database-" });
  const failures: unknown[] = [];
  {
    await using database = startDatabase({
      ...{ url: undefined, directory },
      onFailure: (error) => failures.push(error),
    });
    await database.sql`create table mine (id int)`;
    await database.sql`insert into mine values (7)`;
    // PostgreSQL panics when it cannot write down where it is.
    const [global, away] = [join(directory, "cluster", "global"), join(directory, "away")];
    await Deno.rename(global, away);
    await assert.rejects(async () => await database.sql`checkpoint`);
    await until(database, "down");
    await assert.rejects(async () => await database.sql`select 1`, { code: "upstream_failed" });
    await Deno.rename(away, global);
    await until(database, "ok");
    assert.deepEqual([...await database.sql`select id from mine`], [{ id: 7 }]);
    assert(failures.length > 0);
  }
  await using again = startDatabase({
    ...{ url: undefined, directory },
    onFailure: assert.ifError,
  });
  assert.equal((await again.sql`select from mine limit 1`).length, 1);
  await again[Symbol.asyncDispose]();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("startDatabase() takes over a directory when who used it has ended", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-database-" });
  const failures: unknown[] = [];
  const options = {
    ...{ url: undefined, directory: join(directory, "database") },
    onFailure: (error: unknown) => failures.push(error),
  };
  const first = startDatabase(options);
  await first.sql`create table mine (id int)`;
  await using second = startDatabase(options);
  await assert.rejects(async () => await second.sql`select 1`, {
    code: "conflict",
    message: `Opening the database: process ${Deno.pid} uses it`,
  });
  const { state, problem } = await second.health();
  assert.deepEqual([state, problem], ["down", `Opening the database: process ${Deno.pid} uses it`]);
  assert(!await second.sleep!.hasNobody(), "who has it may be adding users");
  await first[Symbol.asyncDispose]();
  await until(second, "ok");
  assert.deepEqual([...await second.sql`select * from mine`], []);
  assert(failures.length > 0);
  await second[Symbol.asyncDispose]();
  await Deno.remove(directory, { recursive: true });
});

Deno.test({
  name: "startDatabase() fails fast while its server is away, and comes back with it",
  // Only where there is no server; with CI=true there has to be one.
  ignore: NO_SERVER,
  async fn() {
    await using target = await createServerDatabase();
    const url = new URL(target.url);
    await using relay = new TcpRelay({ hostname: url.hostname, port: Number(url.port) });
    url.port = String(relay.port);
    await relay.stop();
    const failures: unknown[] = [];
    await using database = startDatabase({
      ...{ url: url.href, directory: undefined },
      onFailure: (error) => failures.push(error),
    });
    const ask = () => Promise.allSettled(Array.from({ length: 200 }, () => database.sql`select 1`));
    const startedMs = performance.now();
    for (const { status } of await ask()) assert.equal(status, "rejected");
    assert(performance.now() - startedMs < 4_000, "queries waited for a server that is away");
    await until(database, "down");

    await relay.restart();
    await until(database, "ok");
    for (const { status } of await ask()) assert.equal(status, "fulfilled");

    // Away in the middle of things.
    const long = assert.rejects(async () => await database.sql`select pg_sleep(60)`);
    await relay.stop();
    await long;
    await assert.rejects(async () => await database.sql`select 1`);
    await until(database, "down");
    await assert.rejects(database.sql.begin((tx) => tx`select 1`), { code: "upstream_failed" });
    await relay.restart();
    await until(database, "ok");
    assert.equal(await database.sql.begin(async (tx) => (await tx`select 1 as one`)[0]!.one), 1);
  },
});

Deno.test({
  name: "startDatabase() gives up a server that has fallen silent",
  // Only where there is no server; with CI=true there has to be one.
  ignore: NO_SERVER,
  async fn() {
    await using target = await createServerDatabase();
    const url = new URL(target.url);
    await using relay = new TcpRelay({ hostname: url.hostname, port: Number(url.port) });
    url.port = String(relay.port);
    await using database = startDatabase({
      ...{ url: url.href, directory: undefined, statementMs: 200 },
      onFailure: assert.ifError,
    });
    await until(database, "ok");
    relay.silence();
    // An answer is kept for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const startedMs = performance.now();
    assert.match((await database.health()).problem ?? "", /no answer within \d+ ms/);
    assert(performance.now() - startedMs < 10_000);
    await assert.rejects(async () => await database.sql`select 1`);
    await relay.stop();
    await relay.restart();
    await until(database, "ok");
  },
});
