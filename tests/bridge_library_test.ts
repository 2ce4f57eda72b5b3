import assert from "node:assert/strict";
import type { Client } from "@modelcontextprotocol/client";
import { splitMessage } from "../bridge/protocol/split_message.ts";
import { NOT_CONNECTED } from "../gateway/bridge/bridge_errors.ts";
import { MAX_LIBRARY_CHARACTERS } from "../gateway/bridge/library_result.ts";
import { BridgeWorld, eventually, testServer } from "./support/bridge_world.ts";
import { userCaller } from "./support/callers.ts";
import { connectLibrary } from "./support/library_client.ts";
import { RawBridge, rawTool } from "./support/raw_bridge.ts";

async function urisOf({ client }: { readonly client: Client }): Promise<string[]> {
  return (await client.listResources()).resources.map(({ uri }) => uri);
}

Deno.test("a bridge's resources and prompts are its owner's at the MCP endpoint", async (t) => {
  await using world = await BridgeWorld.open({ metered: true });
  const bridge = await world.start([testServer()]);
  await using _bridge = bridge;
  const tools = await world.tools(8);
  const collection = await world.collect(tools.values(), { isPublic: true });
  const { items: [{ id: bridgeId }] } = await (await world.ask("/api/user/bridge")).json();
  const of = (uri: string) => `airlock:${bridgeId}_test/${uri}`;
  const uri = of("notes://today");
  await using mine = await connectLibrary(world, collection);
  const { client } = mine;

  await t.step("they are listed, read, got and completed", async () => {
    assert.deepEqual(await urisOf(mine), [uri, of("notes://picture")]);
    const read = await client.readResource({ uri });
    assert.deepEqual(read.contents, [{ uri, mimeType: "text/plain", text: "buy milk" }]);
    const picture = await client.readResource({ uri: of("notes://picture") });
    assert.ok("blob" in picture.contents[0]! && picture.contents[0].blob === "AAAA");
    const { prompts: [prompt] } = await client.listPrompts();
    assert.equal(prompt?.name, "test--greet");
    const got = await client.getPrompt({ name: "test--greet", arguments: { who: "ada" } });
    assert.deepEqual(got.messages.map(({ content }) => content), [
      { type: "text", text: "hello ada" },
      { type: "resource", resource: { uri, text: "buy milk" } },
    ]);
    const { completion } = await client.complete({
      ref: { type: "ref/prompt", name: "test--greet" },
      argument: { name: "who", value: "al" },
    });
    assert.deepEqual(completion.values, ["alan"]);
  });
  await t.step("the machine reads nothing that it does not list", async () => {
    for (const other of ["file:///etc/passwd", "notes://today/../x", "NOTES://today"]) {
      await assert.rejects(client.readResource({ uri: of(other) }), { code: -32602 }, other);
    }
    const log = await Deno.readTextFile(bridge.log);
    assert.match(log, /resources\/read file:\/\/\/etc\/passwd.*"outcome":"not_offered"/);
    assert.match(log, /resources\/read notes:\/\/today".*"outcome":"ok".*"caller":"key key_/);
  });
  await t.step("nobody else sees or reads them, in a public collection either", async () => {
    await world.world.database.sql`
      insert into "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt")
      values ('usr_member', 'Member', 'member@example.com', true, now(), now())`;
    const others = {
      stranger: userCaller({ tenant: "ten_b" }),
      member: { ...world.me, userId: "usr_member" },
    };
    const before = (await Deno.readTextFile(bridge.log)).length;
    for (const [who, caller] of Object.entries(others)) {
      const { token } = await world.world.makeKey(caller, { scopes: ["mcp:execute"] });
      await using other = await connectLibrary(world, collection, { key: token });
      assert.deepEqual(await urisOf(other), [], who);
      assert.deepEqual((await other.client.listPrompts()).prompts, [], who);
      await assert.rejects(other.client.readResource({ uri }), { code: -32602 }, who);
      await assert.rejects(other.client.getPrompt({ name: "test--greet" }), { code: -32602 }, who);
      const ref = { type: "ref/resource", uri } as const;
      await assert.rejects(other.client.complete({ ref, argument: { name: "a", value: "" } }));
    }
    // A key of the owner's own that is held to another collection, which has not the whole server.
    const [toolId = ""] = tools.values();
    const part = await world.collect([toolId]);
    const { token } = await world.world.makeKey(world.me, {
      scopes: ["mcp:execute"],
      collections: [part],
    });
    await using held = await connectLibrary(world, part, { key: token });
    assert.equal((await held.client.listTools()).tools.length, 1);
    assert.deepEqual(await urisOf(held), []);
    assert.deepEqual((await held.client.listPrompts()).prompts, []);
    await assert.rejects(held.client.readResource({ uri }), { code: -32602 });
    assert.equal((await Deno.readTextFile(bridge.log)).length, before, "the bridge was asked");
  });
  await t.step("once it has stopped, they are listed, and reading says so", async () => {
    await bridge[Symbol.asyncDispose]();
    assert.equal((await urisOf(mine)).length, 2);
    const gone = { code: -32009, message: NOT_CONNECTED };
    await assert.rejects(client.readResource({ uri }), gone);
    await assert.rejects(client.getPrompt({ name: "test--greet", arguments: { who: "a" } }), gone);
  });
  await t.step("what was asked for is in the log of calls, without what it said", async () => {
    const rows = await eventually(async () => {
      const found = await world.world.database.sql`
        select * from call_log where tool_name = 'resources/read' and outcome = 'success'`;
      return found.length >= 2 ? found : undefined;
    });
    const [row] = rows;
    assert.deepEqual(
      [row?.owner_id, row?.source, row?.package_name, row?.params],
      [world.me.tenant, "bridge", "test", null],
    );
  });
});

Deno.test("an attack: a bridge that answers with what is not its own, or with too much", async (t) => {
  await using world = await BridgeWorld.open();
  await using raw = new RawBridge(world.url, { key: world.key });
  const offered = (uris: readonly string[]) => [{
    ...{ id: "raw", name: "Raw", tools: [rawTool("read")] },
    resources: uris.map((uri) => ({ uri, name: uri })),
    prompts: [{ name: "ask" }],
  }];
  await raw.register([], { servers: offered(["x://1"]), features: ["library", "later"] });
  const collection = await world.collect((await world.tools(1)).values());
  await using mine = await connectLibrary(world, collection);
  const { client } = mine;
  const [uri = ""] = await urisOf(mine);
  const answer = async (result: object) => {
    const asked = raw.next("library_call");
    const read = client.readResource({ uri }, { cacheMode: "bypass" });
    // Whoever wants to know waits for it.
    read.catch(() => {});
    const { callId } = await asked;
    for (const frame of splitMessage(JSON.stringify({ type: "tool_result", callId, result }))) {
      raw.send(frame);
    }
    return await read;
  };

  await t.step("URIs of others stay inside its own", async () => {
    const { contents } = await answer({
      contents: [{ uri: "airlock:srv_victim/x", text: "a" }, { uri: "http://a/", text: "b" }],
      more: "of no protocol",
    });
    const own = uri.slice(0, uri.indexOf("/") + 1);
    assert.deepEqual(contents, [
      { uri: `${own}airlock:srv_victim/x`, text: "a" },
      { uri: `${own}http://a/`, text: "b" },
    ]);
  });
  await t.step("what is no answer, or too much of one, fails that request alone", async () => {
    const wrong: [object, number][] = [
      [{}, -32008],
      [{ contents: [{ uri: "x://1" }] }, -32008],
      [{ contents: [{ uri: "x://1\n", text: "" }] }, -32008],
      [{ contents: [{ uri: "x://1", blob: "not base64!" }] }, -32008],
      [{ contents: Array.from({ length: 1_001 }, () => ({ uri: "x://1", text: "" })) }, -32008],
      [{ contents: [{ uri: "x://1", text: "x".repeat(MAX_LIBRARY_CHARACTERS) }] }, -32600],
    ];
    for (const [result, code] of wrong) await assert.rejects(answer(result), { code });
    const { contents: [content] } = await answer({ contents: [{ uri: "x://1", blob: "" }] });
    assert.deepEqual(content, { uri, blob: "" });
  });
  await t.step("clients are told when it offers something else", async () => {
    raw.send({ type: "tools", servers: offered(["x://1", "x://2", "x://\n"]) });
    await eventually(() => mine.told.includes("resources") || undefined);
    assert.equal((await urisOf(mine)).length, 2);
  });
  await t.step("one with a tool that nobody has taken shares nothing any more", async () => {
    const [server] = offered(["x://1"]);
    raw.send({ type: "tools", servers: [{ ...server, tools: ["read", "new"].map(rawTool) }] });
    await eventually(async () => (await urisOf(mine)).length === 0 || undefined);
    await assert.rejects(client.readResource({ uri }), { code: -32602 });
  });
  await t.step("an older one is asked for nothing, and its owner told why", async () => {
    await using older = new RawBridge(world.url, { key: world.key });
    await older.register([], { servers: offered(["x://1"]) });
    await assert.rejects(client.getPrompt({ name: "raw--ask" }), {
      message: /is too old to share/,
    });
    await assert.rejects(client.readResource({ uri }), { message: /is too old to share/ });
    const { received } = older;
    assert.equal(received.some(({ type }) => type === "library_call"), false);
  });
});

Deno.test("a server without tools is shared with the last tool of its bridge", async () => {
  await using world = await BridgeWorld.open();
  await using raw = new RawBridge(world.url, { key: world.key });
  const tool = (id: string) => ({ id, name: id, tools: [rawTool(`read_${id}`)] });
  const bare = {
    ...{ id: "notes", name: "Notes", tools: [], prompts: [{ name: "ask" }] },
    resources: [{ uri: "notes://1", name: "one" }],
  };
  const features = ["library"];
  await raw.register([], { servers: [tool("first"), tool("second"), bare], features });
  const tools = [...(await world.tools(2)).values()];
  const [part, whole] = [await world.collect(tools.slice(0, 1)), await world.collect(tools)];
  await using narrow = await connectLibrary(world, part);
  await using mine = await connectLibrary(world, whole);
  assert.deepEqual(await urisOf(narrow), []);
  const [uri = ""] = await urisOf(mine);
  assert.match(uri, /^airlock:brg_\w+_notes\/notes:\/\/1$/);
  assert.deepEqual((await mine.client.listPrompts()).prompts.map(({ name }) => name), [
    "notes--ask",
  ]);
  const asked = raw.next("library_call");
  const reading = mine.client.readResource({ uri });
  const { callId, serverId } = await asked as { callId?: string; serverId?: string };
  assert.equal(serverId, "notes");
  raw.send({
    ...{ type: "tool_result", callId },
    result: { contents: [{ uri: "notes://1", text: "milk" }] },
  });
  assert.deepEqual((await reading).contents, [{ uri, text: "milk" }]);
  // Whoever has part of the machine's tools has narrowed what is shared of it.
  await assert.rejects(narrow.client.readResource({ uri }), { code: -32602 });
  raw.send({ type: "tools", servers: [tool("first"), tool("second"), tool("third"), bare] });
  await eventually(async () => (await urisOf(mine)).length === 0 || undefined);

  const { items: [bridge] } = await (await world.ask("/api/user/bridge")).json();
  assert.deepEqual(bridge.servers, [
    ...["first", "second", "third"].map((id) => ({ id, tools: 1, resources: 0, prompts: 0 })),
    { id: "notes", tools: 0, resources: 1, prompts: 1 },
  ]);
});
