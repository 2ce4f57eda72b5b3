import assert from "node:assert/strict";
import {
  createServerDatabase,
  openSharedDatabase,
  TEST_DATABASE_KINDS,
} from "../../tests/support/test_database.ts";
import { openDatabase } from "./open_database.ts";

const ROOT = new URL("../../", import.meta.url);
const PUBLISHED = new URL("src/", import.meta.resolve("postgres").replace(/src\/[^/]*$/, ""));
const VENDORED = new URL("vendor/postgres/src/", ROOT);

Deno.test("the vendored postgres.js is the published one but for the marked lines", async () => {
  const names = [...Deno.readDirSync(PUBLISHED)].map(({ name }) => name).sort();
  assert.deepEqual([...Deno.readDirSync(VENDORED)].map(({ name }) => name).sort(), names);
  const changed: string[] = [];
  for (const name of names) {
    const [published, vendored] = await Promise.all(
      [PUBLISHED, VENDORED].map((base) => Deno.readTextFile(new URL(name, base))),
    );
    const kept = new Set(published!.split("\n"));
    changed.push(...vendored!.split("\n").filter((line) => !kept.has(line)));
  }
  assert.equal(changed.length, 10, changed.join("\n"));
  for (const line of changed) assert.match(line, /\/\/ Airlock [1-5]$/);
});

Deno.test({
  name: "a connection lost in a transaction ends the transaction, and nothing else",
  // Only where there is no server; with CI=true there has to be one.
  ignore: !TEST_DATABASE_KINDS.includes("postgres"),
  async fn() {
    await using target = await createServerDatabase();
    await using database = await openDatabase({
      ...{ url: target.url, directory: undefined, connections: 1 },
    });
    await using killer = await openDatabase({ url: target.url, directory: undefined });
    await database.sql`create table kept (id int)`;
    const either = () => null;
    for (const isBusy of [true, false]) {
      const lost = database.sql.begin(async (tx) => {
        const [row] = await tx`select pg_backend_pid() as pid`;
        const asleep = isBusy ? tx`select pg_sleep(60)`.catch(either) : undefined;
        await killer.sql`select pg_terminate_backend(${row!.pid}, 5000)`;
        await asleep;
        // By now the pool may use the connection for others, which wait for it.
        await new Promise((resolve) => setTimeout(resolve, 100));
        await tx`insert into kept values (1)`.catch(either);
        await tx`insert into kept values (2)`;
      });
      const waiting = Array.from({ length: 5 }, () => database.sql`select 1`.catch(either));
      await assert.rejects(lost);
      await Promise.all(waiting);
      assert.deepEqual([...await database.sql`select * from kept`], []);
    }
  },
});

Deno.test({
  name: "without the changes, a connection lost in a transaction ends the process",
  // Only where there is no server; with CI=true there has to be one.
  ignore: !TEST_DATABASE_KINDS.includes("postgres"),
  async fn() {
    await using target = await createServerDatabase();
    const program = new URL("tests/support/lose_connection.ts", ROOT);
    for (const [which, said] of [["vendored", "alive"], ["published", ""]] as const) {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--frozen", "-A", program.pathname, target.url, which],
        cwd: ROOT,
      }).output();
      const error = new TextDecoder().decode(stderr);
      assert.equal(new TextDecoder().decode(stdout), said, error);
      if (which === "published") assert.match(error, /reading 'write'/);
    }
  },
});

Deno.test("a transaction that waits for itself is ended, and the next one goes on", async () => {
  await using shared = await openSharedDatabase("pglite", {
    unmigrated: true,
    transactionIdleMs: 300,
  });
  const { sql } = shared;
  await assert.rejects(sql.begin(async (tx) => {
    await tx`create table lost (id int)`;
    // Another connection, while this one has the only backend.
    await sql`select 1`;
    await tx`insert into lost values (1)`;
  }));
  const [row] = await sql`select to_regclass('lost') as lost`;
  assert.equal(row!.lost, null);
});
