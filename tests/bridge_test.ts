import assert from "node:assert/strict";
import type { ApprovalAnswer } from "../bridge/tool_approvals.ts";
import { NOT_CONNECTED } from "../gateway/bridge/bridge_errors.ts";
import { BridgeWorld, eventually, processesOf, testServer } from "./support/bridge_world.ts";
import { CLIENT_KINDS } from "./support/mcp_clients.ts";
import { processesNaming } from "./support/process_tree.ts";

Deno.test("a bridge's tools are called through the collection's MCP endpoint", async (t) => {
  await using world = await BridgeWorld.open({ metered: true });
  const asked: string[] = [];
  let answer: ApprovalAnswer = "yes";
  await using bridge = await world.start([{ ...testServer(), deny: ["run"], ask: true }], {
    ask({ toolName, caller, args }) {
      asked.push(`${toolName} ${caller.split(" ")[0]} ${args}`);
      return Promise.resolve(answer);
    },
  });
  const tools = await world.tools(7);
  const collection = await world.collect(tools.values());

  for (const kind of CLIENT_KINDS) {
    await t.step(`by a client of kind ${kind}`, async () => {
      await using client = await world.connect(collection, { kind });
      const listed = await client.list();
      assert.equal(listed.length, 7);
      const echo = listed.find(({ name }) => name === "test--echo");
      assert.match(echo?.description ?? "", /^Says it again$/);
      const { content } = await client.call("test--echo", { text: `hello ${kind}` });
      assert.deepEqual(content, [{ type: "text", text: `hello ${kind}` }]);
    });
  }
  await t.step("a result of many chunks comes whole", async () => {
    await using client = await world.connect(collection);
    const { content } = await client.call("test--big", { characters: 3_000_000 });
    const [part] = content as { text: string }[];
    assert.equal(part?.text, "é".repeat(3_000_000));
  });
  await t.step("by the plain route, where a failure of its own is one", async () => {
    const path = `/api/collections/${collection}/call`;
    const ask = async (tool: string, params = {}) =>
      await (await world.ask(path, { body: { tool, params } })).json();
    const { output } = await ask("test--echo", { text: "plainly" });
    assert.deepEqual(output.content, [{ type: "text", text: "plainly" }]);
    assert.equal((await ask("test--fail")).code, "tool_error");
  });
  await t.step("a failure of the tool's own is a result, and progress is told", async () => {
    await using client = await world.connect(collection);
    assert.equal((await client.call("test--fail")).isError, true);
    const heard: (string | undefined)[] = [];
    await client.call("test--progress", { steps: 3 }, { onProgress: (one) => heard.push(one) });
    assert.deepEqual(heard, ["step 1", "step 2", "step 3"]);
  });
  await t.step("what the machine denies is not offered", () => {
    assert.equal(tools.has("test run"), false);
  });
  await t.step("whoever is at the machine is asked, and has the last word", async () => {
    await using client = await world.connect(collection);
    answer = "no";
    const args = { text: "x" };
    await assert.rejects(client.call("test--echo", args), { message: /did not allow the call/ });
    assert.equal(asked.at(-1), 'echo key {"text":"x"}');
    answer = "always";
    await client.call("test--echo", args);
    const before = asked.length;
    await client.call("test--echo", args);
    assert.equal(asked.length, before);
    answer = "yes";
  });
  await t.step("servers are not given what the machine keeps in variables", async () => {
    await using client = await world.connect(collection);
    const { content } = await client.call("test--environment");
    assert.doesNotMatch(JSON.stringify(content), /SECRET/);
    assert.match(JSON.stringify(content), /PATH/);
  });
  await t.step("a tool that is added meanwhile is told of", async () => {
    await using client = await world.connect(collection);
    await client.call("test--grow", { name: "later" });
    assert.ok((await world.tools(8)).has("test later"));
  });
  await t.step("calls are in the machine's log, with who called", async () => {
    const log = await Deno.readTextFile(bridge.log);
    const call = log.split("\n").find((line) => line.includes('"tool":"echo"'));
    assert.match(call ?? "", /"outcome":"ok".*"caller":"key key_/);
  });
  await t.step("and in the account's, without what they said", async () => {
    const rows = await eventually(async () => {
      const found = await world.world.database.sql`
        select * from call_log where tool_name in ('echo', 'fail') order by at`;
      return found.length >= 4 ? found : undefined;
    });
    const [echo] = rows;
    assert.deepEqual(
      [echo?.owner_id, echo?.via, echo?.source, echo?.package_name, echo?.outcome, echo?.params],
      [world.me.tenant, "mcp", "bridge", "test", "success", null],
    );
    assert.ok(echo?.collection_id === collection && echo?.key_id !== null);
    assert.equal(rows.find(({ tool_name }) => tool_name === "fail")?.outcome, "tool_error");
  });
  await t.step("once it has stopped, its tools are listed and say so", async () => {
    await bridge[Symbol.asyncDispose]();
    await using client = await world.connect(collection);
    const listed = await client.list();
    assert.equal(listed.length, 7);
    assert.ok(listed[0]?.description?.includes(NOT_CONNECTED));
    await assert.rejects(client.call("test--echo", { text: "x" }), {
      code: -32009,
      message: NOT_CONNECTED,
    });
    const { items } = await (await world.ask("/api/user/bridge")).json();
    assert.equal(items[0].status, "disconnected");
  });
});

Deno.test("nothing that a server has started outlives its bridge", async () => {
  await using world = await BridgeWorld.open();
  const marker = `bridge-test-${crypto.randomUUID()}`;
  const bridge = await world.start([testServer()]);
  const collection = await world.collect((await world.tools(8)).values());
  {
    await using client = await world.connect(collection);
    await client.call("test--child", { marker });
  }
  assert.equal(processesNaming(marker).length, 1);
  await bridge[Symbol.asyncDispose]();
  assert.deepEqual(processesNaming(marker), []);
});

Deno.test("a server that is killed is started again, and its calls end", async () => {
  await using world = await BridgeWorld.open();
  const server = testServer();
  await using _bridge = await world.start([server]);
  const collection = await world.collect((await world.tools(8)).values());
  await using client = await world.connect(collection);
  const file = `${world.directory}/runs`;
  const running = client.call("test--run", { id: "a", file, waitMs: 60_000 });
  const killed = assert.rejects(running, { code: -32008 });
  await eventually(() => Deno.readTextFile(file).catch(() => undefined));
  for (const { pid } of processesOf(server)) Deno.kill(pid, "SIGKILL");
  await killed;
  const { content } = await eventually(() =>
    client.call("test--echo", { text: "again" }).catch(() => undefined)
  );
  assert.deepEqual(content, [{ type: "text", text: "again" }]);
});
