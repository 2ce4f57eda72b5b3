import assert from "node:assert/strict";
import { join } from "node:path";
import { testDatabase } from "../../tests/support/test_database.ts";
import { migrate, migrationState } from "./migrate.ts";

const FILES = {
  "0001_first.sql": "create table first (id int); insert into first values (1);",
  "0002_second.sql": "alter table first add column word text; create table second (id int);",
};

testDatabase("migrate() applies what is pending, once, in order", async (db) => {
  await using files = await MigrationFiles.write(FILES);
  assert.deepEqual(await migrationState(db, files), {
    applied: [],
    pending: ["0001_first", "0002_second"],
  });
  const racing = await Promise.all([migrate(db, files), migrate(db, files), migrate(db, files)]);
  assert.deepEqual(racing.map((names) => names.length).sort(), [0, 0, 2]);
  await files.set("0003_third.sql", "create table third (id int);");
  assert.deepEqual((await migrationState(db, files)).pending, ["0003_third"]);
  assert.deepEqual(await migrate(db, files), ["0003_third"]);
  assert.deepEqual(await migrate(db, files), []);
  const [row] = await db.sql`select id, word from first`;
  assert.deepEqual({ ...row }, { id: 1, word: null });
}, { unmigrated: true });

testDatabase("migrate() applies all or nothing", async (db) => {
  await using files = await MigrationFiles.write({ ...FILES, "0003_wrong.sql": "create tabel x;" });
  await assert.rejects(migrate(db, files), { code: "42601" });
  const [row] = await db.sql`select to_regclass('first') as first, to_regclass('second') as second`;
  assert.deepEqual({ ...row }, { first: null, second: null });
  await files.set("0003_wrong.sql", "create table x (id int);");
  assert.equal((await migrate(db, files)).length, 3);
}, { unmigrated: true });

testDatabase("migrate() refuses what it was not migrated by, in words", async (db, t) => {
  await using files = await MigrationFiles.write(FILES);
  await migrate(db, files);
  const refused = async (pattern: RegExp) => {
    for (const act of [migrate, migrationState]) {
      await assert.rejects(act(db, files), { code: "conflict", message: pattern });
    }
  };
  await t.step("a changed one", async () => {
    await files.set("0001_first.sql", `${FILES["0001_first.sql"]} `);
    await refused(/migration 0001_first was changed after it had been applied/);
    await files.set("0001_first.sql", FILES["0001_first.sql"]);
  });
  await t.step("a missing one", async () => {
    await files.remove("0001_first.sql");
    await refused(/migration 0001_first was applied and is no longer there/);
    await files.set("0001_first.sql", FILES["0001_first.sql"]);
  });
  await t.step("a newer one than the program has", async () => {
    await files.remove("0002_second.sql");
    await refused(/newer than this program, which does not know 0002_second/);
    await files.set("0002_second.sql", FILES["0002_second.sql"]);
  });
  await t.step("one that comes too late", async () => {
    await files.set("0000_early.sql", "create table early (id int);");
    await refused(/0000_early comes before 0002_second, which is applied already/);
    await files.remove("0000_early.sql");
  });
  await t.step("but not other ends of lines", async () => {
    await files.set("0003_third.sql", "create table third\n(id int);\n");
    await migrate(db, files);
    await files.set("0003_third.sql", "create table third\r\n(id int);\r\n");
    assert.deepEqual(await migrate(db, files), []);
  });
}, { unmigrated: true });

testDatabase("migrate() brings a database to the program's schema", async (db) => {
  const { applied, pending } = await migrationState(db);
  assert.deepEqual(pending, []);
  assert.equal(applied[0], "0000_extensions");
});

/** A directory of `.sql` files. */
class MigrationFiles implements AsyncDisposable {
  private constructor(readonly directory: string) {}

  static async write(texts: Readonly<Record<string, string>>): Promise<MigrationFiles> {
    const files = new MigrationFiles(await Deno.makeTempDir({ prefix: "airlock-migrations-" }));
    for (const [name, text] of Object.entries(texts)) await files.set(name, text);
    return files;
  }

  set(name: string, text: string): Promise<void> {
    return Deno.writeTextFile(join(this.directory, name), text);
  }

  remove(name: string): Promise<void> {
    return Deno.remove(join(this.directory, name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.directory, { recursive: true });
  }
}
