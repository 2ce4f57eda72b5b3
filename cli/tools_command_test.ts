import assert from "node:assert/strict";
import { fakeCli } from "../tests/support/fake_cli.ts";
import { openSharedDatabase } from "../tests/support/test_database.ts";

Deno.test("airlock add and airlock tools keep, list, show, run, publish and forget tools", async () => {
  await using database = await openSharedDatabase("pglite");
  // Commands close what they opened; this one is the test's.
  const open = () =>
    Promise.resolve({ ...database, [Symbol.asyncDispose]: () => Promise.resolve() });
  const cli = fakeCli({ openDatabase: open });
  const said = async (...args: string[]) => {
    cli.output.out = "";
    cli.output.err = "";
    const code = await cli.run(...args);
    return { code, ...cli.output };
  };
  assert.match((await said("add", "@scope/tools")).out, /scope-tools-greet .*Says hello/);
  assert.match((await said("tools", "ls")).out, /scope-tools-loose/);
  const page = JSON.parse((await said("tools", "ls", "--limit", "1", "--json")).out);
  assert.equal(page.items.length, 1);
  assert.match((await said("tools", "ls", "--cursor", page.nextCursor)).out, /scope-tools/);
  assert.match((await said("tools", "search", "grete")).out, /scope-tools-greet/);
  assert.equal(JSON.parse((await said("tools", "show", "scope-tools-greet")).out).name, "greet");
  assert.equal((await said("tools", "call", "scope-tools-greet", '{"a":1}')).out, '{"a":1}\n');
  const [{ packageName, version, source } = assert.fail()] = cli.requests;
  assert.deepEqual([packageName, version, source], ["@scope/tools", "1.2.3", "npm"]);
  assert.match((await said("tools", "publish", "scope-tools-greet")).out, /is public/);
  assert.equal((await said("tools", "rm", "scope-tools-greet")).code, 0);
  const gone = await said("tools", "show", "scope-tools-greet");
  assert.notEqual(gone.code, 0);
  assert.match(gone.err, /tool_not_found/);
  assert.equal((await said("tools", "ls", "--limit", "0")).code, 2);
  const unread = await said("tools", "bring", "no-such-file.ts");
  assert.match(unread.err, /read no-such-file\.ts/);
});
