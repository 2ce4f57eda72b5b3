import assert from "node:assert/strict";
import { bridgeOwner } from "../accounts/bridges/bridge_record.ts";
import { enterBridge, keepOffered } from "../accounts/bridges/enter_bridge.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { writeUsage } from "../accounts/usage/write_usage.ts";
import type { AnySql } from "../registry/database/database.ts";
import { installation } from "../tests/support/installation.ts";
import { insertTools } from "../tests/support/sample_tools.ts";
import { sampleUsageRow } from "../tests/support/sample_usage_row.ts";

Deno.test("airlock collections makes, shows, changes, likes and removes", async (t) => {
  await using world = await installation();
  await insertTools(world.database, [{ id: "tool_1" }, { id: "tool_2" }]);
  const json = async (...args: string[]) => {
    const { code, out, err } = await world.run([...args, "--json"]);
    assert.equal(code, 0, err);
    return JSON.parse(out);
  };
  const slugs = (tools: readonly { slug: string }[]) => tools.map(({ slug }) => slug);

  await t.step("collections", async () => {
    const made = await json("collections", "create", "My tools", "--timeout", "5s", "--public");
    assert.deepEqual(
      [made.slug, made.visibility, made.limits],
      ["my-tools", "public", { timeoutMs: 5_000 }],
    );
    const changed = await world.run([
      ...["collections", "change", "my-tools", "--no-public", "--net", "a.example"],
    ]);
    assert.equal(changed.out, `changed ${made.id} my-tools\n`, changed.err);
    const shown = await json("collections", "show", made.id);
    assert.deepEqual([shown.visibility, shown.permissions], ["private", { net: ["a.example"] }]);
    assert.deepEqual(await json("collections", "like", "my-tools"), { likes: 1 });
    assert.equal((await world.run(["collections", "unlike", "my-tools"])).out, "0 likes\n");
    assert.equal((await json("collections", "ls"))[0].id, made.id);
    assert.deepEqual(await json("collections", "ls", "--public"), []);
  });
  await t.step("their tools", async () => {
    const tools = (...args: string[]) => json("collections", "tools", ...args);
    await tools("add", "my-tools", "tool-1-echo", "--as", "Say", "--note", "First");
    assert.deepEqual(slugs(await tools("add", "my-tools", "tool-2-echo")), [
      ...["tool-1-echo", "tool-2-echo"],
    ]);
    assert.deepEqual(slugs(await tools("order", "my-tools", "tool-2-echo", "tool-1-echo")), [
      ...["tool-2-echo", "tool-1-echo"],
    ]);
    const [pins] = await world.database.sql`select count(*)::int as count from tool_pin`;
    assert.equal(pins!.count, 2);
    assert.deepEqual(slugs(await tools("rm", "my-tools", "tool-2-echo")), ["tool-1-echo"]);
    const { out } = await world.run(["collections", "show", "my-tools"]);
    assert.match(out, /Say +1\.0\.0 +First/);
    assert.equal((await world.run(["collections", "tools", "add", "my-tools", "none"])).code, 2);
    const [plain] = await tools("change", "my-tools", "tool_1", "--no-as");
    assert.deepEqual([plain.displayName, plain.note], [null, "First"]);
    const [named] = await tools("change", "my-tools", "tool_1", "--as", "Say", "--note", "");
    assert.deepEqual([named.displayName, named.note], ["Say", ""]);
    assert.equal((await world.run(["collections", "tools", "change", "my-tools", "no"])).code, 2);
  });
  await t.step("calls", async () => {
    const call = (...args: string[]) => world.run(["collections", "call", "my-tools", ...args]);
    const called = await call("Say", '{"a":1}');
    assert.deepEqual([called.out, called.err], ['{"a":1}\n', ""]);
    assert.equal((await call("tool_2")).code, 2);
    assert.equal((await world.run(["collections", "call", "none", "Say"])).code, 2);
  });
  await t.step("tools of machines", async () => {
    const owner = bridgeOwner(OWNER_CALLER);
    const offered = { name: "read", description: "Reads", inputSchema: {}, outputSchema: null };
    await world.database.sql.begin(async (tx: AnySql) => {
      const id = await enterBridge(tx, {
        ...{ owner, name: "laptop", connectionId: "c1", clientVersion: "1.0.0", os: "linux" },
      });
      await keepOffered(tx, id, { servers: [{ id: "files", name: "Files", tools: [offered] }] });
    });
    const tools = (...args: string[]) => json("collections", "bridge-tools", ...args);
    const [{ tools: [{ id }] }] = await tools("known");
    const [added] = await tools("add", "my-tools", id, "--as", "Reader", "--note", "Mine");
    assert.deepEqual([added.displayName, added.note, added.available], ["Reader", "Mine", true]);
    const listed = await world.run(["collections", "bridge-tools", "ls", "my-tools"]);
    assert.match(listed.out, /laptop +files read +Reader +available +Mine/);
    assert.match((await world.run(["collections", "bridge-tools", "known"])).out, /laptop +files/);
    assert.deepEqual(await tools("rm", "my-tools", id), []);
    const none = ["collections", "bridge-tools", "add", "my-tools", "btl_none"];
    assert.equal((await world.run(none)).code, 2);
  });
  await t.step("agents", async () => {
    const [{ id: collectionId }] = await json("collections", "ls");
    const made = await world.run(
      ["agents", "create", "Researcher", "--instructions", "-", "--collection", collectionId],
      { stdin: "Be brief" },
    );
    assert.equal(made.code, 0, made.err);
    const shown = await json("agents", "show", "researcher");
    assert.deepEqual([shown.instructions, shown.collectionIds], ["Be brief", [collectionId]]);
    const changed = await json("agents", "change", "researcher", "--model", "some-model");
    assert.deepEqual([changed.model, changed.collectionIds], ["some-model", [collectionId]]);
    const called = await world.run(["agents", "call", "researcher", "Say", '{"a":1}']);
    assert.deepEqual([called.out, called.err], ['{"a":1}\n', ""]);
    assert.equal((await world.run(["agents", "call", "researcher", "tool_2"])).code, 2);
    assert.equal((await world.run(["agents", "call", "researcher", "Say", "{a"])).code, 2);
    assert.match((await world.run(["agents", "ls"])).out, /researcher +Researcher +some-model/);
    assert.match((await world.run(["agents", "rm", "researcher"])).out, /^removed agt_/);
    assert.deepEqual(await json("agents", "ls"), []);
  });
  await t.step("executors, which are checked", async () => {
    const env = { AIRLOCK_MASTER_KEY: "ab".repeat(32) };
    await world.run(["secrets", "set", "RUN"], { stdin: "the-token", env });
    const change = (...args: string[]) =>
      world.run(["collections", "change", "my-tools", "--executor", ...args, "--json"], { env });
    const kept = await change("https://run.example/", "--executor-token", "RUN");
    assert.deepEqual(JSON.parse(kept.out).executor, {
      ...{ kind: "remote", url: "https://run.example", tokenSecret: "RUN" },
    });
    assert.deepEqual(kept.checked, ["https://run.example the-token"]);
    assert.equal(JSON.parse((await change("system")).out).executor, null);
    for (const wrong of [["ftp://x"], ["https://run.example", "--executor-token", "NONE"]]) {
      assert.equal((await change(...wrong)).code, 2, wrong.join(" "));
    }
  });
  await t.step("what is wrong is refused as it is over HTTP", async () => {
    for (const name of ["", "a\u202eb", "x".repeat(200)]) {
      assert.equal((await world.run(["collections", "create", name])).code, 2, name);
    }
    assert.equal((await world.run(["collections", "create", "My tools"])).code, 3);
    assert.equal((await world.run(["collections", "rm", "my-tools"])).code, 0);
    assert.equal((await world.run(["collections", "rm", "my-tools"])).code, 2);
    const [pins] = await world.database.sql`select count(*)::int as count from tool_pin`;
    assert.equal(pins!.count, 0);
  });
});

Deno.test("airlock usage adds up, lists and exports the owner's calls", async () => {
  await using world = await installation();
  const at = new Date(Date.now() - 60_000).toISOString();
  await writeUsage(world.database.sql, [
    ...["c1", "c2"].map((id) => sampleUsageRow({ id, at, owner_id: "local" })),
    sampleUsageRow({ id: "c3", at, owner_id: "ten_b" }),
  ]);
  const json = async (...args: string[]) =>
    JSON.parse((await world.run(["usage", ...args, "--json"])).out);
  assert.equal((await json("--by", "hour")).periods[0].calls, 2);
  assert.equal((await json("sums")).tools[0].calls, 2);
  assert.match((await world.run(["usage"])).out, /DAY +CALLS/);
  assert.deepEqual((await json("calls")).map(({ id }: { id: string }) => id).toSorted(), [
    "c1",
    "c2",
  ]);
  assert.equal((await json("calls", "--limit", "1")).length, 1);
  assert.match((await world.run(["usage", "log"])).out, /not kept/);
  assert.deepEqual(await json("log", "--keep-params"), { keepParams: true });
  assert.match((await world.run(["usage", "log"])).out, /are kept, redacted/);
  assert.deepEqual(await json("log", "--no-keep-params"), { keepParams: false });
  assert.deepEqual(await json("calls", "--outcome", "failure"), []);
  const { out } = await world.run(["usage", "export", "--format", "csv"]);
  assert.equal(out.trimEnd().split("\r\n").length, 3);
  for (const wrong of [["--by", "week"], ["calls", "--from", "yesterday"]]) {
    assert.equal((await world.run(["usage", ...wrong])).code, 2);
  }
});
