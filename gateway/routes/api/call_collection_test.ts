import assert from "node:assert/strict";
import { findOfferedCall } from "../../call_offered.ts";
import { callableSource } from "../../callable_source.ts";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { userCaller } from "../../../tests/support/callers.ts";
import { failsWith } from "../../../tests/support/fails_with.ts";
import { insertTools } from "../../../tests/support/sample_tools.ts";

async function openWorld() {
  const world = await AccountsWorld.open();
  await insertTools(world.database, [
    { id: "tool_1" },
    { id: "tool_2" },
    { id: "tool_3", owner: "local", visibility: "private" },
  ]);
  const json = async (path: string, asked = {}) => await (await world.ask(path, asked)).json();
  const { id } = await json("/api/collections", {
    body: { name: "Shared", visibility: "public", limits: { timeoutMs: 50 } },
  });
  for (const toolId of ["tool_1", "tool_3"]) {
    const body = { toolId, displayName: `Call ${toolId}` };
    assert.equal((await world.ask(`/api/collections/${id}/tools`, { body })).status, 200);
  }
  return { world, json, id, path: `/api/collections/${id}/call` };
}

Deno.test("POST /api/collections/{id}/call runs what the collection names, and no more", async (t) => {
  const { world, json, id, path } = await openWorld();
  await using _world = world;
  const { calls } = world.gateway;
  const call = (body: object, asked = {}) => world.ask(path, { body, ...asked });

  await t.step("by slug, id and display name", async () => {
    for (const tool of ["tool-1-echo", "tool_1", "Call tool_1"]) {
      const answer = await json(path, { body: { tool, params: { a: 1 } } });
      assert.deepEqual(answer.output, { a: 1 }, tool);
      const { request, context } = calls.at(-1)!;
      assert.deepEqual(
        [request.packageName, request.name, request.version, request.source],
        ["tool-1", "echo", "1.0.0", "npm"],
      );
      assert.equal(context.pin?.toolId, "tool_1");
      assert.deepEqual(context.grant?.defaults?.limits, { timeoutMs: 50 });
    }
  });
  await t.step("as an event stream", async () => {
    const answer = await call({ tool: "tool_1" }, { headers: { accept: "text/event-stream" } });
    assert.match(await answer.text(), /event: result/);
    assert.equal(calls.at(-1)!.context.pin?.toolId, "tool_1");
  });
  await t.step("by POST /execute-tool with its id", async () => {
    const body = { packageName: "tool-1", name: "echo", params: {}, collection: id };
    assert.equal((await world.ask("/execute-tool", { body })).status, 200);
    assert.equal(calls.at(-1)!.context.pin?.collectionId, id);
    const other = { ...body, version: "2.0.0" };
    assert.equal(
      (await (await world.ask("/execute-tool", { body: other })).json()).code,
      "quarantined",
    );
    const absent = { ...body, packageName: "tool-2" };
    assert.equal((await world.ask("/execute-tool", { body: absent })).status, 404);
  });
  await t.step("nothing that is not in it, and no private tool for strangers", async () => {
    const { token: key } = await world.makeKey(userCaller({ tenant: "ten_b" }));
    for (
      const [tool, asked] of [["tool_2", {}], ["tool_3", { key }], ["Call tool_3", {
        key,
      }]] as const
    ) {
      const answer = await call({ tool }, asked);
      assert.deepEqual([answer.status, (await answer.json()).code], [404, "tool_not_found"], tool);
    }
    assert.equal((await call({ tool: "tool_1" }, { key })).status, 200);
    assert.equal((await call({ tool: "tool_3" })).status, 200);
    await json(`/api/collections/${id}`, { method: "PATCH", body: { visibility: "private" } });
    assert.equal((await call({ tool: "tool_1" }, { key })).status, 404);
  });
  await t.step("for keys that are held to it", async () => {
    const owner = userCaller({ tenant: "local" });
    const held = await world.makeKey(owner, { collections: [id] });
    assert.equal((await call({ tool: "tool_1" }, { key: held.token })).status, 200);
    const body = { packageName: "tool-1", name: "echo", params: {} };
    const ask = (more: object) =>
      world.ask("/execute-tool", { key: held.token, body: { ...body, ...more } });
    assert.equal((await ask({ collection: id })).status, 200);
    assert.equal((await ask({})).status, 404);
  });
  await t.step("nothing that is no longer there", async () => {
    await json(`/api/collections/${id}/tools/tool_1`, { method: "DELETE" });
    assert.equal((await call({ tool: "tool_1" })).status, 404);
    await json(`/api/collections/${id}`, { method: "DELETE" });
    assert.equal((await call({ tool: "tool_3" })).status, 404);
    const pins = await world.database.sql`select * from tool_pin`;
    assert.equal(pins.length, 0);
  });
});

Deno.test("findOfferedCall() refuses a tool that is not pinned", async () => {
  const { world, id } = await openWorld();
  await using _world = world;
  const caller = userCaller({ tenant: "local" });
  const pins = { contextOf: () => null, drop: () => {} };
  const options = { accounts: world.accounts, pins };
  const offered = { collectionId: id, naming: { tool: "tool_1" } };
  await failsWith(findOfferedCall(caller, offered, options), { code: "quarantined" });
});

Deno.test("callableSource() refuses what runs elsewhere", () => {
  assert.equal(callableSource("npm"), "npm");
  assert.throws(() => callableSource("bridge"), { code: "no_runtime" });
});

Deno.test("executors are checked before a collection or an agent gets one", async () => {
  const asked: string[] = [];
  await using world = await AccountsWorld.open({
    gateway: {
      checkExecutor: ({ url, token }) => {
        asked.push(`${url} ${token}`);
        return Promise.resolve({ status: "ok", version: "1.0.0" });
      },
    },
  });
  await world.ask("/api/secrets", { method: "PUT", body: { name: "RUN", value: "the-token" } });
  const executor = { kind: "remote", url: "https://run.example/", tokenSecret: "RUN" };
  const checked = await world.ask("/api/executors/check", { body: { executor } });
  const text = await checked.text();
  assert.deepEqual([checked.status, JSON.parse(text).version], [200, "1.0.0"]);
  assert.ok(!text.includes("the-token"));
  for (const path of ["/api/collections", "/api/agents"]) {
    const { id } = await (await world.ask(path, { body: { name: "One", executor } })).json();
    const changed = await world.ask(`${path}/${id}`, { method: "PATCH", body: { executor } });
    assert.equal((await changed.json()).executor.url, "https://run.example", path);
    await world.ask(`${path}/${id}`, { method: "PATCH", body: { executor: null } });
  }
  assert.deepEqual(new Set(asked), new Set(["https://run.example the-token"]));
  assert.equal(asked.length, 5);
  const unknown = { executor: { ...executor, tokenSecret: "ABSENT" } };
  assert.equal((await world.ask("/api/executors/check", { body: unknown })).status, 404);
  const key = (await world.makeKey(userCaller({ tenant: "local" }), {
    scopes: ["collections:write"],
  })).token;
  assert.equal((await world.ask("/api/executors/check", { key, body: { executor } })).status, 403);
});

Deno.test("/api/account/log says whether parameters are kept", async () => {
  await using world = await AccountsWorld.open();
  const path = "/api/account/log";
  assert.deepEqual(await (await world.ask(path)).json(), { keepParams: false });
  const put = await world.ask(path, { method: "PUT", body: { keepParams: true } });
  assert.deepEqual(await put.json(), { keepParams: true });
  assert.deepEqual(await (await world.ask(path)).json(), { keepParams: true });
  const { items } = await (await world.ask("/api/audit")).json();
  assert.equal(items[0].action, "log.changed");
  const { token: key } = await world.makeKey(userCaller({ tenant: "local" }));
  assert.equal((await world.ask(path, { key })).status, 403);
  const wrong = await world.ask(path, { method: "PUT", body: { keepParams: "yes" } });
  assert.equal(wrong.status, 400);
});
