import assert from "node:assert/strict";
import { FakeUpstream, WHO } from "../tests/support/fake_upstream.ts";
import { installation } from "../tests/support/installation.ts";
import { realServer } from "../tests/support/real_upstreams.ts";

Deno.test("airlock mcp add, ls, test, accept and rm look after other servers", async (t) => {
  await using upstream = new FakeUpstream({ tools: [WHO, { ...WHO, name: "other" }] });
  await using world = await installation();
  const command = realServer("memory");
  const env = {
    AIRLOCK_NET_ALLOW_PRIVATE: `127.0.0.1:${upstream.port}`,
    AIRLOCK_MCP_STDIO_COMMANDS: JSON.stringify([command]),
    AIRLOCK_MASTER_KEY: "07".repeat(32),
  };
  const run = (...args: string[]) => world.run(args, { env });
  const json = async (...args: string[]) => {
    const { code, out, err } = await run(...args, "--json");
    assert.equal(code, 0, err);
    return JSON.parse(out);
  };
  await json("collections", "create", "Mine");
  await t.step("add by URL", async () => {
    const { code, out, err } = await run(
      ...["mcp", "add", "mine", "fake", upstream.url, "--tool", "who", "--rename", "who=me"],
      ...["--header", "authorization: Bearer a=b:c", "--timeout", "5000"],
    );
    assert.equal(code, 0, err);
    assert.match(out, /^fake: ok over streamable-http, MCP 20\d\d-\d\d-\d\d\npinned +who/);
    assert.equal(upstream.messages.at(-1)?.authorization, "Bearer a=b:c");
  });
  await t.step("add by command", async () => {
    // What follows -- is the command; options stand before it.
    const { code, out, err } = await run("mcp", "add", "mine", "memory", "--", ...command);
    assert.equal(code, 0, err);
    assert.match(out, /^memory: ok over stdio, MCP 20\d\d-\d\d-\d\d\npinned/);
    const refused = await run("mcp", "add", "mine", "other", "--", ...command, "more");
    assert.equal(refused.code, 3, refused.err);
    assert.match(refused.err, /AIRLOCK_MCP_STDIO_COMMANDS/);
  });
  await t.step("ls", async () => {
    const [fake, memory] = await json("mcp", "ls", "mine");
    assert.deepEqual([fake.name, fake.health, fake.headerNames], ["fake", "ok", ["authorization"]]);
    assert.deepEqual([fake.allowedTools, fake.renames], [["who"], { who: "me" }]);
    assert.deepEqual(memory.command, command);
    assert.match(
      (await run("mcp", "ls", "mine")).out,
      /fake +ok +streamable-http +20[-\d]+ +0 +0 +http:/,
    );
  });
  await t.step("change", async () => {
    const off = await json("mcp", "change", "mine", "fake", "--off", "--timeout", "7000");
    assert.deepEqual([off.enabled, off.timeoutMs, off.renames], [false, 7_000, { who: "me" }]);
    assert.equal((await run("mcp", "change", "mine", "fake", "--on")).out, "changed fake\n");
    const [fake] = await json("mcp", "ls", "mine");
    assert.deepEqual([fake.enabled, fake.timeoutMs, fake.allowedTools], [true, 7_000, ["who"]]);
    const all = await json("mcp", "change", "mine", "fake", "--all-tools", "--name", "real");
    assert.deepEqual([all.name, all.allowedTools], ["real", null]);
    await json("mcp", "change", "mine", "real", "--name", "fake");
    for (const wrong of [["--on", "--off"], ["--timeout", "0"], ["--url", "file:///x"]]) {
      assert.equal((await run("mcp", "change", "mine", "fake", ...wrong)).code, 2, wrong[0]);
    }
  });
  await t.step("test and accept what has changed", async () => {
    upstream.tools = [{ ...WHO, description: "Says something else" }];
    const { out } = await run("mcp", "test", "mine", "fake");
    const [, tool] = /^changed +who +(who@[0-9a-f]{12})/m.exec(out) ?? [];
    assert.ok(tool !== undefined, out);
    assert.match(out, /^gone +other/m);
    assert.equal((await run("mcp", "accept", "mine", "fake", "who@000000000000")).code, 3);
    const { tools } = await json("mcp", "accept", "mine", "fake", tool);
    assert.equal(tools[0].state, "pinned");
  });
  await t.step("test one that does not answer", async () => {
    await upstream[Symbol.asyncDispose]();
    const { code, err } = await run("mcp", "test", "mine", "fake");
    assert.equal(code, 4);
    assert.match(err, /cannot be reached \(upstream_failed\)/);
    const [fake] = await json("mcp", "ls", "mine");
    assert.equal(fake.health, "failing");
  });
  await t.step("rm", async () => {
    assert.equal((await run("mcp", "rm", "mine", "fake")).out, "removed fake\n");
    assert.equal((await json("mcp", "ls", "mine")).length, 1);
    assert.equal((await run("mcp", "rm", "mine", "fake")).code, 2);
  });
});
