import assert from "node:assert/strict";
import { join } from "node:path";
import { openSharedDatabase, TEST_DATABASE_KINDS } from "../../../tests/support/test_database.ts";
import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { dumpDatabase } from "./dump_database.ts";
import { restoreDatabase } from "./restore_database.ts";

const SCHEMA = `
  create type mood as enum ('good', 'bad, "very"');
  create table "Order" (
    id int generated always as identity primary key,
    "user" text not null,
    parent int references "Order" (id),
    doubled int generated always as (id * 2) stored
  );
  create table every (
    id text primary key,
    order_id int not null references "Order" (id) on delete cascade,
    big bigint, exact numeric(30, 10), real float8, small real, yes boolean, moods mood[],
    body jsonb, raw bytea, at timestamptz, on_day date, took interval, words tsvector, tags text[]
  );
  create table audit (id serial primary key, what text not null);
  create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'append only'; end $$;
  create trigger append_only before update or delete on audit
    for each row execute function refuse();
  insert into audit (what) values ('made by a migration');
`;

const ROWS = `
  insert into "Order" ("user") values ('ann'), (e'b\\nob\\t"quoted" \\\\ back'), ('ü😀');
  update "Order" set parent = 3 where id = 1;
  insert into every values
    ('full', 1, 9007199254740993, 12345678901234567890.0123456789, 0.1, 1e-38, true,
      array['good', 'bad, "very"']::mood[], '{"a": [1, null, "x\\ny"], "big": 12345678901234567890}',
      '\\x00ff0a22', '2026-03-04 05:06:07.123456+02', '0044-03-15 BC', '1 mon -2 days 03:04:05.6',
      to_tsvector('english', 'running tools'), array['a,b', null, '"', '']),
    ('odd', 2, -1, 'NaN', '-Infinity', 'NaN', null, '{}', 'null', '', 'infinity', '-infinity', '0',
      '', '{}');
  insert into every (id, order_id) values ('empty', 3);
  insert into audit (what) values ('one'), ('two');
`;

/** Everything in it, as text of the database's own making. */
async function contents({ sql }: Database): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of ["Order", "every", "audit"]) {
    const rows = await sql<{ row: string }[]>`
      select t::text as row from ${sql(table)} t order by id`;
    found[table] = rows.map(({ row }) => row);
  }
  return found;
}

async function dumpOf(database: Database): Promise<string> {
  let text = "";
  await dumpDatabase(database, { write: (lines) => void (text += lines) });
  return text;
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split("\n").filter((line) => line !== "");
}

/** Migrations of a schema with everything that is hard to save. */
async function migrationFiles(): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = await Deno.makeTempDir({ prefix: "airlock-dump-" });
  await Deno.writeTextFile(join(directory, "0001_hard.sql"), SCHEMA);
  return {
    directory,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

for (const from of TEST_DATABASE_KINDS) {
  for (const to of TEST_DATABASE_KINDS) {
    Deno.test(`restoreDatabase() makes of a dump of ${from} the same on ${to}`, async () => {
      await using migrations = await migrationFiles();
      await using source = await openSharedDatabase(from, { unmigrated: true });
      await migrate(source, migrations);
      await source.sql.unsafe(ROWS);
      const text = await dumpOf(source);
      await using target = await openSharedDatabase(to, { unmigrated: true });
      const rows = await restoreDatabase(target, { lines: linesOf(text), migrations });
      assert.equal(rows, 9);
      const [expected, restored] = [await contents(source), await contents(target)];
      assert.deepEqual(restored, expected);
      assert.equal((await dumpOf(target)).split("\n").length, text.split("\n").length);

      // What was suspended is there again, and sequences go on.
      const { sql } = target;
      await assert.rejects(async () => await sql`delete from audit`, { message: /append only/ });
      await assert.rejects(async () => await sql`insert into every values ('x', 99)`, {
        code: "23503",
      });
      const [order] = await sql`insert into "Order" ("user") values ('next') returning id`;
      const [audit] = await sql`insert into audit (what) values ('next') returning id`;
      assert.deepEqual([order!.id, audit!.id], [4, 4]);
    });
  }
}

Deno.test("restoreDatabase() takes all or nothing", async (t) => {
  await using migrations = await migrationFiles();
  await using source = await openSharedDatabase("pglite", { unmigrated: true });
  await migrate(source, migrations);
  await source.sql.unsafe(ROWS);
  const text = await dumpOf(source);
  const lines = text.trimEnd().split("\n");
  const before = await contents(source);
  const refused = async (dump: string, wanted: { code: string; message?: RegExp }) => {
    await assert.rejects(
      restoreDatabase(source, { lines: linesOf(dump), force: true, migrations }),
      wanted,
    );
    assert.deepEqual(await contents(source), before);
  };

  await t.step("what has rows is left alone without force", async () => {
    await assert.rejects(restoreDatabase(source, { lines: linesOf(text), migrations }), {
      code: "conflict",
      message: /the database has rows/,
    });
    assert.deepEqual(await contents(source), before);
  });
  await t.step("with force it is replaced", async () => {
    await source.sql`insert into audit (what) values ('after the dump')`;
    await restoreDatabase(source, { lines: linesOf(text), force: true, migrations });
    assert.deepEqual(await contents(source), before);
  });
  await t.step("a file that was cut off anywhere is refused", async () => {
    for (let kept = 0; kept < lines.length; kept++) {
      await refused(lines.slice(0, kept).join("\n"), { code: "invalid_input" });
    }
    await refused(text.slice(0, -20), { code: "invalid_input" });
    const dropped = lines.filter((line) => !line.startsWith('["full"')).join("\n");
    await refused(dropped, { code: "invalid_input" });
  });
  await t.step("so are rows that break the schema", async () => {
    await refused(text.replace('["full", "1"', '["full", "77"'), { code: "23503" });
    await refused(text.replace('["full", "1"', '["odd", "1"'), { code: "23505" });
  });
  await t.step("names of a dump are names, not SQL", async () => {
    for (const name of ['audit\\"; drop table audit; --', "pg_authid", "schema_migration"]) {
      await refused(text.replace('"table":"audit"', `"table":"${name}"`), {
        code: "invalid_input",
        message: /no such table/,
      });
    }
    await refused(text.replace('"what"', '"what\\") select 1; --"'), { code: "invalid_input" });
  });
  await t.step("a dump of another schema is refused", async () => {
    await refused(text.replace("0001_hard", "0000_other"), {
      code: "conflict",
      message: /ends at migration 0000_other, not 0001_hard/,
    });
  });
});

Deno.test("restoreDatabase() brings a dump of an older schema to the program's", async () => {
  await using migrations = await migrationFiles();
  await using source = await openSharedDatabase("pglite", { unmigrated: true });
  await migrate(source, migrations);
  await source.sql.unsafe(ROWS);
  const text = await dumpOf(source);
  await Deno.writeTextFile(
    join(migrations.directory, "0002_later.sql"),
    "alter table audit add column later text not null default 'filled'",
  );
  await using target = await openSharedDatabase("pglite", { unmigrated: true });
  await restoreDatabase(target, { lines: linesOf(text), migrations });
  const rows = await target.sql`select later from audit`;
  assert.deepEqual(rows.map(({ later }) => later), ["filled", "filled", "filled"]);
});
