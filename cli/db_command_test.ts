import assert from "node:assert/strict";
import { join } from "node:path";
import { openDatabase } from "../registry/database/open_database.ts";
import { fakeCli } from "../tests/support/fake_cli.ts";

Deno.test("airlock db migrates, tells, dumps and restores", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-db-command-" });
  const onDatabase = (name: string) => {
    const path = join(directory, name);
    return fakeCli({
      openDatabase: (_config, options) =>
        openDatabase({ url: undefined, directory: path, ...options }),
    });
  };
  const first = onDatabase("first");
  const second = onDatabase("second");

  await t.step("status says what is pending, and JSON says it to programs", async () => {
    assert.equal(await first.run("db", "status"), 0, first.output.err);
    assert.match(first.output.out, /^database +in the data directory/);
    assert.match(first.output.out, /pending +0000_extensions/);
    first.output.out = "";
    await first.run("db", "status", "--json");
    const { kind, state, applied } = JSON.parse(first.output.out);
    assert.deepEqual([kind, state, applied], ["pglite", "ok", []]);
  });
  await t.step("migrate lists what it applied, once", async () => {
    first.output.out = "";
    assert.equal(await first.run("db", "migrate"), 0, first.output.err);
    assert.match(first.output.out, /^0000_extensions\n/);
    first.output.out = "";
    await first.run("db", "migrate");
    assert.equal(first.output.out, "up to date\n");
  });
  for (const name of ["dump.ndjson", "dump.ndjson.gz"]) {
    await t.step(`${name} is private, whole, and restores`, async () => {
      const file = join(directory, name);
      assert.equal(await first.run("db", "dump", file), 0, first.output.err);
      assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
      await assert.rejects(Deno.stat(`${file}.partial`));
      // What a migration puts into a table counts as a row, so the second time needs the word.
      const restored = await second.run("db", "restore", file, "--json", "--force");
      assert.equal(restored, 0, second.output.err);
      assert.equal(JSON.parse(second.output.out.split("\n").at(-2)!).file, file);
    });
  }
  await t.step("a file that is none is refused in words", async () => {
    const file = join(directory, "other");
    await Deno.writeTextFile(file, "PGDMP");
    assert.equal(await second.run("db", "restore", file), 2);
    assert.match(second.output.err, /Restoring: the file is not a whole dump/);
    assert.equal(await second.run("db", "restore", join(directory, "missing")), 2);
    assert.match(second.output.err, /there is no file/);
  });
  await Deno.remove(directory, { recursive: true });
});

Deno.test("airlock db says so when the database is not there", async () => {
  const cli = fakeCli();
  assert.equal(await cli.run("db", "status"), 4);
  assert.match(cli.output.err, /ask the database: no connection/);
});
