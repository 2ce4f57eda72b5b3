import assert from "node:assert/strict";
import type { Database, DatabaseKind } from "../registry/database/database.ts";
import { dumpDatabase } from "../registry/database/dump/dump_database.ts";
import { restoreDatabase } from "../registry/database/dump/restore_database.ts";
import { AccountsWorld } from "./support/accounts_world.ts";
import { userCaller } from "./support/callers.ts";
import { PeopleOf } from "./support/people_of.ts";
import { makeTenantThings } from "./support/tenant_things.ts";
import { openSharedDatabase, TEST_DATABASE_KINDS } from "./support/test_database.ts";

/** Rows of every table of the schema, as text of the database's own making. */
async function contents({ sql }: Database): Promise<Record<string, readonly string[]>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`;
  const found: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const rows = await sql<{ row: string }[]>`
      select to_jsonb(t)::text as row from ${sql(name)} as t order by row`;
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

const PAIRS = TEST_DATABASE_KINDS.flatMap((from) =>
  TEST_DATABASE_KINDS.filter((to) => to !== from || TEST_DATABASE_KINDS.length === 1)
    .map((to): readonly [DatabaseKind, DatabaseKind] => [from, to])
);

for (const [from, to] of PAIRS) {
  Deno.test(`a gateway's ${from} moves to ${to}, with everything in it`, async () => {
    await using world = await AccountsWorld.open({ kind: from });
    await new PeopleOf(world).add("ada");
    await makeTenantThings(world, userCaller(), { marker: "zqmoved" });
    const lines: string[] = [];
    await dumpDatabase(world.database, { write: (text) => void lines.push(text) });
    const before = await contents(world.database);

    await using target = await openSharedDatabase(to, { unmigrated: true });
    const text = lines.join("").split("\n").filter((line) => line !== "");
    await restoreDatabase(target, { lines: ReadableStream.from(text) });
    const after = await contents(target);
    const filled = Object.entries(after).filter(([, rows]) => rows.length > 0);
    assert.ok(filled.length > 25, `${filled.length} tables have something in them`);
    for (const [table, rows] of Object.entries(before)) {
      // When a migration ran is the database's own.
      if (table === "schema_migration") continue;
      assert.deepEqual(after[table], rows, table);
    }
    assert.deepEqual(Object.keys(after), Object.keys(before));
    await assert.rejects(async () => await target.sql`delete from audit_log`, /new rows only/);
  });
}
