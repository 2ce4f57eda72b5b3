import assert from "node:assert/strict";
import {
  createCollection,
  updateCollection,
} from "../../accounts/collections/change_collection.ts";
import { addTool } from "../../accounts/collections/change_tools.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { recordPackage } from "../../registry/catalog/record_package.ts";
import { toolsOfPackage } from "../../registry/catalog/tools_of_package.ts";
import { pinFromCatalog } from "../../registry/pins/pin_from_catalog.ts";
import type { Caller } from "../../spec/account.ts";
import { AccountsWorld, type Asked, WORLD_URL } from "../../tests/support/accounts_world.ts";
import { userCaller } from "../../tests/support/callers.ts";
import { packageEntry } from "../../tests/support/catalog_entries.ts";
import { fakeFailure, fakeMeta } from "../../tests/support/fake_gateway.ts";
import { connectClient } from "../../tests/support/mcp_clients.ts";

const ALICE = userCaller();
const PUBLIC_TOOL = "acme-tools--greet";
const PRIVATE_TOOL = "inline--secret";

/** Two tools in a collection that everybody may see, one of them Alice's alone; and another one. */
async function fill(world: AccountsWorld, owner: Caller = ALICE) {
  const { sql } = world.database;
  const ownerId = owner.tenant;
  const lock = { modules: {}, packages: {} };
  const acme = [{ name: "greet", description: "Says hello" }, { name: "fail" }];
  await recordPackage(sql, { ...packageEntry({ name: "@acme/tools", tools: acme }), lock });
  await recordPackage(sql, {
    ...packageEntry({ name: "x8f", source: "inline", tools: [{ name: "secret" }] }),
    ...{ ownerId, visibility: "private", lock },
  });
  const tools = [
    ...await toolsOfPackage(sql, { source: "npm", packageName: "@acme/tools" }),
    ...await toolsOfPackage(sql, { source: "inline", packageName: "x8f" }),
  ];
  const actor = { caller: owner, requestId: null };
  return await sql.begin(async (tx: AnySql) => {
    const shared = await createCollection(tx, actor, { name: "Shared", visibility: "public" });
    const other = await createCollection(tx, actor, { name: "Other" });
    for (const { id: toolId } of tools) {
      await addTool(tx, actor, { collectionId: shared.id, toolId });
      await pinFromCatalog(tx, { collectionId: shared.id, toolId, ownerId, by: null });
    }
    return { shared: shared.id, other: other.id };
  });
}

const LIST = { jsonrpc: "2.0", id: 1, method: "tools/list" };

function rpc(method: string, params: unknown): Asked["body"] {
  return { jsonrpc: "2.0", id: 1, method, params };
}

const ACCEPT = { accept: "application/json, text/event-stream" };

/** The message of an answer, whichever way it came. */
async function messageOf(response: Response) {
  const text = await response.text();
  return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text);
}

Deno.test("MCP serves each caller what it may call, and nobody else", async (t) => {
  await using world = await AccountsWorld.open({
    gateway: {
      execute: (request, context) =>
        Promise.resolve(
          request.name === "fail"
            ? fakeFailure("tool_error", context, { error: "no such city" })
            : {
              success: true,
              output: request.params,
              executionTimeMs: 1,
              meta: fakeMeta(context),
            },
        ),
    },
  });
  const ids = await fill(world);
  const scopes = ["mcp:execute"] as const;
  const { token } = await world.makeKey(ALICE, { scopes: [...scopes] });
  const bob = await world.makeKey(userCaller({ tenant: "ten_b" }), { scopes: [...scopes] });
  const held = await world.makeKey(ALICE, { scopes: [...scopes], collections: [ids.other] });
  const reader = await world.makeKey(ALICE, { scopes: ["tools:read", "tools:execute"] });
  const path = `/mcp/ten_a/${ids.shared}`;
  const ask = (key: string | undefined, body: unknown = LIST, at = path, headers = {}) =>
    world.ask(at, { key, body, headers: { ...ACCEPT, ...headers } });
  const namesFor = async (key: string, at = path) => {
    const message = await messageOf(await ask(key, LIST, at));
    return message.result.tools.map(({ name }: { name: string }) => name);
  };

  await t.step("private tools of others are not there", async () => {
    const all = [PUBLIC_TOOL, "acme-tools--fail", PRIVATE_TOOL];
    assert.deepEqual(new Set(await namesFor(token)), new Set(all));
    assert.deepEqual(new Set(await namesFor(bob.token)), new Set(all.slice(0, 2)));
    const call = rpc("tools/call", { name: PRIVATE_TOOL, arguments: {} });
    assert.equal((await messageOf(await ask(bob.token, call))).error.data.code, "tool_not_found");
    assert.equal((await messageOf(await ask(token, call))).result.isError, undefined);
  });
  await t.step("each way to name a collection is the same", async () => {
    const paths = ["/mcp/me/shared", "/mcp/ten_a/shared", "/api/mcp/ten_a/shared/http", "/mcp"];
    for (const at of paths) assert.equal((await namesFor(token, at)).length, 3, at);
    assert.deepEqual(await namesFor(bob.token, "/mcp"), []);
  });
  await t.step(
    "keys without the scope, for another collection, and strangers stay out",
    async () => {
      assert.equal((await ask(reader.token)).status, 403);
      assert.equal((await ask(held.token)).status, 404);
      assert.deepEqual(await namesFor(held.token, "/mcp"), []);
      assert.equal((await ask("ak_nonsense")).status, 401);
      assert.equal((await ask(bob.token, LIST, `/mcp/ten_a/${ids.other}`)).status, 404);
      assert.equal((await ask(bob.token, LIST, `/mcp/me/${ids.shared}`)).status, 404);
      assert.equal((await ask(token, LIST, "/mcp/ten_a/%00")).status, 400);
    },
  );
  await t.step("pages of other origins and rebound names stay out", async () => {
    const from = (headers: Record<string, string>) => ask(token, LIST, path, headers);
    assert.equal((await from({ origin: "https://evil.example" })).status, 403);
    assert.equal((await from({ host: "evil.example" })).status, 403);
    assert.equal((await messageOf(await from({ origin: WORLD_URL }))).result.tools.length, 3);
  });
  await t.step("calls are held to their pins, and bear what the gateway gives", async () => {
    const { calls } = world.gateway;
    calls.length = 0;
    const call = rpc("tools/call", { name: PUBLIC_TOOL, arguments: { name: "Ada" } });
    const { result } = await messageOf(await ask(bob.token, call));
    assert.deepEqual(result.structuredContent, { name: "Ada" });
    const [{ request, context }] = calls as [typeof calls[number]];
    assert.deepEqual([request.packageName, request.version, context.tenant], [
      ...["@acme/tools", "1.0.0", "ten_b"],
    ]);
    assert.equal(context.pin?.collectionId, ids.shared);
    await world.database.sql`delete from tool_pin where tool_id = ${context.pin!.toolId}`;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const unpinned = await messageOf(await ask(bob.token, call));
    assert.equal(unpinned.error.data.code, "quarantined");
    assert.equal(calls.length, 1);
  });
  await t.step("the twin follows the same rules", async () => {
    const twin = (key: string, toolName: string, serverId = `ten_a/${ids.shared}`) =>
      world.ask("/mcp/call", { key, body: { serverId, toolName, arguments: { a: 1 } } });
    assert.deepEqual(await (await twin(token, PRIVATE_TOOL, ids.shared)).json(), {
      success: true,
      result: { content: [{ type: "text", text: '{"a":1}' }], structuredContent: { a: 1 } },
    });
    const failed = await (await twin(token, "acme-tools--fail")).json();
    assert.deepEqual([failed.success, failed.result.isError], [false, true]);
    assert.match(failed.result.content[0].text, /no such city/);
    assert.equal((await twin(bob.token, PRIVATE_TOOL)).status, 404);
    assert.equal((await twin(reader.token, PUBLIC_TOOL)).status, 403);
  });
  await t.step("the collection says whether there are meta-tools", async () => {
    const actor = { caller: ALICE, requestId: null };
    await world.database.sql.begin((tx: AnySql) =>
      updateCollection(tx, actor, { id: ids.shared, wish: { metaTools: "on" } })
    );
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.deepEqual(await namesFor(bob.token), ["search_tools", "describe_tool", "call_tool"]);
    const hidden = { name: "call_tool", arguments: { name: PRIVATE_TOOL } };
    const call = await messageOf(await ask(bob.token, rpc("tools/call", hidden)));
    assert.equal(call.error.data.code, "tool_not_found");
    const found = { name: "search_tools", arguments: { query: "secret" } };
    const search = await messageOf(await ask(bob.token, rpc("tools/call", found)));
    assert.deepEqual(search.result.structuredContent, { tools: [], total: 2 });
    await world.database.sql.begin((tx: AnySql) =>
      updateCollection(tx, actor, { id: ids.shared, wish: { metaTools: "auto" } })
    );
    await new Promise((resolve) => setTimeout(resolve, 1_200));
  });
  await t.step("what is too large is refused before it is read", async () => {
    const call = rpc("tools/call", { name: PRIVATE_TOOL, arguments: { a: "x".repeat(100_000) } });
    assert.equal((await ask(token, call)).status, 413);
    assert.equal((await ask(token, "[".repeat(5_000))).status, 400);
  });
  await t.step("a real client of the newest revision is served", async () => {
    await using client = await connectClient("2026", {
      url: `${WORLD_URL}${path}`,
      key: token,
      fetch: async (input, init) => await world.gateway.app.request(new Request(input, init)),
    });
    assert.equal((await client.list()).length, 3);
  });
  assert.equal(world.gateway.gate.running, 0);
});
