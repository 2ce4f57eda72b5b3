import assert from "node:assert/strict";
import { revokeKey, rotateKey } from "../accounts/keys/change_key.ts";
import type { BridgeCredentials } from "../bridge/bridge_credentials.ts";
import { LINE_HEADER, POLL_TYPE, readPoll } from "../bridge/protocol/poll_body.ts";
import { CLOSE_CODES } from "../bridge/protocol/protocol_limits.ts";
import type { AnySql } from "../registry/database/database.ts";
import { BridgeWorld, eventually, testServer } from "./support/bridge_world.ts";
import { userCaller } from "./support/callers.ts";
import { NarrowFront } from "./support/narrow_front.ts";
import { RawBridge, registerMessage } from "./support/raw_bridge.ts";

Deno.test("a bridge whose network lets no WebSocket through is called all the same", async (t) => {
  await using world = await BridgeWorld.open();
  await using front = new NarrowFront(world.url);
  await using bridge = await world.start([testServer()], { gateway: front.url });
  const collection = await world.collect((await world.tools(8)).values());
  await using client = await world.connect(collection);
  assert.equal(front.upgrades, 1);

  await t.step("with results of many chunks, and progress", async () => {
    const { content } = await client.call("test--big", { characters: 1_500_000 });
    assert.deepEqual(content, [{ type: "text", text: "é".repeat(1_500_000) }]);
    const heard: (string | undefined)[] = [];
    await client.call("test--progress", { steps: 3 }, { onProgress: (one) => heard.push(one) });
    assert.deepEqual(heard, ["step 1", "step 2", "step 3"]);
  });
  await t.step("each call once, also where requests are lost", async () => {
    const file = `${world.directory}/runs`;
    const ids = Array.from({ length: 20 }, (_, at) => `call-${at}`);
    const calls = ids.map((id) => client.call("test--run", { id, file, waitMs: 200 }));
    await eventually(() => Deno.readTextFile(file).catch(() => undefined));
    front.break();
    await eventually(() => bridge.state()?.connected === false || undefined);
    front.isBroken = false;
    const said = (await Promise.all(calls)).map(({ content }) => content);
    assert.deepEqual(said, ids.map((text) => [{ type: "text", text }]));
    const runs = (await Deno.readTextFile(file)).trim().split("\n");
    assert.deepEqual(runs.toSorted(), ids.toSorted());
    // What was found to work is kept to.
    assert.equal(front.upgrades, 1);
  });
  await t.step("and is gone at once when it stops", async () => {
    await bridge[Symbol.asyncDispose]();
    await assert.rejects(client.call("test--echo", { text: "x" }), { code: -32009 });
  });
});

Deno.test("a line is of the one that opened it, and ends as a connection does", async (t) => {
  const logged: unknown[] = [];
  await using world = await BridgeWorld.open({
    access: (line) => logged.push(line),
    // Signs of life are not what this looks at.
    limits: { heartbeatMs: 30_000 },
  });
  const ask = (method: "GET" | "POST", line: string | undefined, more: PollMore = {}) =>
    fetch(`${world.url}/api/bridge${more.query ?? ""}`, {
      method,
      headers: {
        ...(more.query === undefined && { authorization: `Bearer ${more.key ?? world.key}` }),
        "content-type": POLL_TYPE,
        ...(line !== undefined && { [LINE_HEADER]: line }),
        ...more.headers,
      },
      ...(method === "POST" && { body: more.body ?? "" }),
    });
  const statusOf = async (asked: Promise<Response>) => {
    const response = await asked;
    await response.body?.cancel();
    return response.status;
  };
  const open = async (more: PollMore = {}): Promise<string> =>
    (await (await ask("POST", undefined, more)).json()).line;
  const endOf = async (line: string, more: PollMore = {}) => {
    for (;;) {
      const { closed } = readPoll(await (await ask("GET", line, more)).text());
      if (closed !== undefined) return closed.code;
    }
  };
  const register = (more: object = {}) => JSON.stringify(registerMessage(["read"], more));

  await t.step("nobody else speaks or listens on it", async () => {
    const line = await open();
    const stranger = userCaller({ tenant: "ten_evil" });
    const { token } = await world.world.makeKey(stranger, { scopes: ["bridge:connect"] });
    const { token: other } = await world.world.makeKey(world.me, { scopes: ["mcp:execute"] });
    for (const method of ["GET", "POST"] as const) {
      assert.equal(await statusOf(ask(method, line, { key: token })), 404);
      assert.equal(await statusOf(ask(method, crypto.randomUUID())), 404);
      assert.equal(await statusOf(ask(method, line, { key: other })), 403);
      assert.equal(await statusOf(ask(method, line, { key: "wrong" })), 401);
      const headers = { origin: "https://evil.example" };
      assert.equal(await statusOf(ask(method, line, { headers })), 403);
    }
    const headers = { "content-type": "text/plain" };
    assert.equal(await statusOf(ask("POST", undefined, { headers })), 415);
    // It is as it was.
    assert.equal(await statusOf(ask("POST", line, { body: register() })), 200);
    const { frames } = readPoll(await (await ask("GET", line)).text());
    assert.equal(JSON.parse(frames[0] ?? "").type, "registered");
    // The newest question is answered; one that still waits is not left behind.
    const first = ask("GET", line);
    const body = JSON.stringify({ type: "closed", code: 1001, reason: "the bridge stops" });
    await statusOf(ask("POST", line, { body }));
    assert.equal(readPoll(await (await first).text()).closed?.code, 1001);
    // Written down a moment after it was answered.
    await eventually(async () => {
      const { items } = await (await world.ask("/api/user/bridge")).json();
      return items[0].status === "disconnected" || undefined;
    });
  });
  await t.step("what is no bridge is closed", async () => {
    const attacks: [string, number][] = [
      ["{", CLOSE_CODES.violation],
      [JSON.stringify({ type: "pong" }), CLOSE_CODES.violation],
      ["x".repeat(600_000), CLOSE_CODES.tooLarge],
      ['{"type":"closed"', CLOSE_CODES.violation],
      [`${register()}\n${'{"type":"pong"}\n'.repeat(500)}`, CLOSE_CODES.violation],
    ];
    for (const [body, code] of attacks) {
      const line = await open();
      await statusOf(ask("POST", line, { body: body === attacks[1]![0] ? `${body}\n{}` : body }));
      assert.equal(await endOf(line), code, body.slice(0, 60));
    }
    assert.equal(await statusOf(ask("POST", await open(), { body: "x".repeat(5_000_000) })), 413);
  });
  await t.step("a key in the address is taken, and not written down", async () => {
    const query = `?token=${world.key}`;
    await using raw = new RawBridge(world.url, { query });
    await raw.register(["read"]);
    const line = await open({ query });
    assert.equal(await statusOf(ask("POST", line, { query, body: register() })), 200);
    assert.equal(await statusOf(ask("POST", undefined, { query: "?token=wrong" })), 401);
    assert.equal(await statusOf(ask("POST", undefined, { query: "?token=%0d%0a" })), 401);
    const elsewhere = await fetch(`${world.url}/api/user/bridge${query}`);
    assert.equal(await statusOf(Promise.resolve(elsewhere)), 401);
    assert.ok(logged.length > 10);
    assert.ok(!JSON.stringify(logged).includes(world.key));
  });
  await t.step("a revoked key has none, and one that asks nothing is given up", async () => {
    const { token, row } = await world.world.makeKey(world.me, { scopes: ["bridge:connect"] });
    const line = await open({ key: token });
    await statusOf(ask("POST", line, { key: token, body: register({ name: "desktop" }) }));
    await world.world.database.sql.begin((tx: AnySql) =>
      revokeKey(tx, { caller: world.me, requestId: null }, { id: row.id })
    );
    world.world.accounts.forgetKey(row.id);
    assert.equal(await endOf(line), CLOSE_CODES.revoked);
    // It has registered nothing.
    assert.equal(await endOf(await open()), CLOSE_CODES.violation);
  });
});

interface PollMore {
  readonly key?: string;
  readonly query?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

Deno.test("a bridge goes on over its line with the key that took the place of its own", async () => {
  await using world = await BridgeWorld.open();
  const actor = { caller: world.me, requestId: null };
  const old = await world.world.makeKey(world.me, { scopes: ["bridge:connect"] });
  let tell: (now: BridgeCredentials) => void = () => {};
  const watchCredentials = (onChange: typeof tell) => {
    tell = onChange;
    return { [Symbol.dispose]: () => {} };
  };
  await using bridge = await world.start([testServer()], { key: old.token, watchCredentials });
  const collection = await world.collect((await world.tools(8)).values());
  const { token } = await world.world.database.sql.begin((tx: AnySql) =>
    rotateKey(tx, actor, { id: old.row.id, overlapMs: 60_000 })
  );
  const said = (text: RegExp) =>
    eventually(() => bridge.lines.some((one) => text.test(one)) || undefined);
  // A key of somebody else's does not take the line over.
  const stranger = userCaller({ tenant: "ten_evil" });
  const evil = await world.world.makeKey(stranger, { scopes: ["bridge:connect"] });
  tell({ gateway: world.url, apiKey: evil.token });
  await said(/does not take the other key/);
  tell({ gateway: world.url, apiKey: token });
  await said(/goes on with the other key/);
  await world.world.database.sql.begin((tx: AnySql) => revokeKey(tx, actor, { id: old.row.id }));
  world.world.accounts.forgetKey(old.row.id);
  await using client = await world.connect(collection);
  const { content } = await client.call("test--echo", { text: "still here" });
  assert.deepEqual(content, [{ type: "text", text: "still here" }]);
  assert.equal(bridge.lines.filter((one) => one.startsWith("connected to")).length, 1);
});
