import assert from "node:assert/strict";
import { fakeCli } from "../tests/support/fake_cli.ts";
import { installation } from "../tests/support/installation.ts";
import { insertTools } from "../tests/support/sample_tools.ts";
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
  assert.match((await said("tools", "versions", "scope-tools-greet")).out, /1\.2\.3 .*latest/);
  const json = async (...args: string[]) =>
    JSON.parse((await said("tools", ...args, "--json")).out);
  assert.equal((await json("versions", "scope-tools-greet"))[0].hasTool, true);
  assert.deepEqual(await json("health", "scope-tools-greet"), { health: "unknown", checks: [] });
  assert.match((await said("tools", "health", "scope-tools-greet")).out, /^unknown$/m);
  assert.equal((await said("tools", "rm", "scope-tools-greet")).code, 0);
  const gone = await said("tools", "show", "scope-tools-greet");
  assert.notEqual(gone.code, 0);
  assert.match(gone.err, /tool_not_found/);
  assert.equal((await said("tools", "ls", "--limit", "0")).code, 2);
  const unread = await said("tools", "bring", "no-such-file.ts");
  assert.match(unread.err, /read no-such-file\.ts/);
});

Deno.test("airlock tools keeps what the owner thinks of a tool", async () => {
  await using world = await installation();
  await insertTools(world.database, [{ id: "tool_1" }]);
  const tools = (...args: string[]) => world.run(["tools", ...args]);
  const json = async (...args: string[]) => JSON.parse((await tools(...args, "--json")).out);
  assert.equal((await json("like", "tool_1")).likes, 1);
  assert.equal((await json("like", "tool-1-echo")).likes, 1);
  assert.equal((await json("rate", "tool_1", "2")).averageStars, 2);
  assert.equal((await tools("rate", "tool_1", "4")).out, "1 likes, 1 ratings, 4.0 of 5 stars\n");
  const review = (stdin: string) => world.run(["tools", "review", "tool_1", "-"], { stdin });
  assert.equal((await review("turned \u202e around")).code, 2);
  const reviewed = await review("Good\n\u001b[31mquick");
  assert.match(reviewed.out, /yours +Good .*quick$/m, reviewed.err);
  assert.ok(!reviewed.out.includes("\u001b"));
  assert.equal((await json("opinion", "tool_1")).reviews[0].body, "Good\n\u001b[31mquick");
  assert.deepEqual((await json("unreview", "tool_1")).reviews, []);
  assert.equal((await tools("unlike", "tool_1")).out, "0 likes, 1 ratings, 4.0 of 5 stars\n");
  const kinds = (await json("activity")).map(({ kind }: { kind: string }) => kind);
  assert.deepEqual(kinds.slice(0, 2), ["unliked", "review-removed"]);
  assert.match((await tools("activity")).out, /rated +tool_1/);
  for (const wrong of [["rate", "tool_1", "6"], ["review", "tool_1", ""], ["like", "none"]]) {
    assert.equal((await tools(...wrong)).code, 2, wrong.join(" "));
  }
});
