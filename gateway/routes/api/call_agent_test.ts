import assert from "node:assert/strict";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { userCaller } from "../../../tests/support/callers.ts";
import { insertTools } from "../../../tests/support/sample_tools.ts";
import { TEST_DATABASE_KINDS } from "../../../tests/support/test_database.ts";

type DatabaseKind = typeof TEST_DATABASE_KINDS[number];

const THERE = { kind: "remote", url: "https://there.example", tokenSecret: null } as const;
const ELSEWHERE = { ...THERE, url: "https://elsewhere.example" } as const;

async function openWorld(kind: DatabaseKind) {
  const world = await AccountsWorld.open({
    kind,
    accounts: { executor: { kind: "remote", url: "https://system.example" } },
  });
  await insertTools(world.database, [
    ...["tool_1", "tool_2", "tool_3"].map((id) => ({ id })),
    { id: "tool_4", owner: "local", visibility: "private" },
    { id: "tool_5", owner: "ten_b", visibility: "private" },
  ]);
  const json = async (path: string, asked = {}) => await (await world.ask(path, asked)).json();
  const collect = async (name: string, toolIds: readonly string[], more = {}) => {
    const { id } = await json("/api/collections", { body: { name, ...more } });
    for (const toolId of toolIds) {
      const body = { toolId, displayName: `Use ${toolId}` };
      assert.equal((await world.ask(`/api/collections/${id}/tools`, { body })).status, 200);
    }
    return id;
  };
  const shared = await collect("Shared", ["tool_1"], {
    ...{ visibility: "public", limits: { timeoutMs: 50 }, executor: THERE },
  });
  const mine = await collect("Mine", ["tool_4"]);
  const unused = await collect("Unused", ["tool_3"]);
  const body = {
    ...{ name: "Agent", visibility: "public", instructions: "never call anything" },
    ...{ collectionIds: [shared, mine], toolIds: ["tool_2", "tool_1"] },
  };
  const { id } = await json("/api/agents", { body });
  return { world, json, agent: id, path: `/api/agents/${id}/call`, shared, mine, unused };
}

for (const kind of TEST_DATABASE_KINDS) {
  Deno.test(`POST /api/agents/{id}/call runs what the agent uses, and no more (${kind})`, async (t) => {
    const { world, json, agent, path, shared, mine, unused } = await openWorld(kind);
    await using _world = world;
    const { calls } = world.gateway;
    const call = (tool: string, asked = {}) =>
      world.ask(path, { body: { tool, params: { a: 1 } }, ...asked });
    const outcome = async (tool: string, asked = {}) => {
      const answer = await call(tool, asked);
      return [answer.status, (await answer.json()).code ?? null];
    };

    await t.step("a tool of its collections, held to its pin, with what goes with it", async () => {
      for (const tool of ["tool_1", "tool-1-echo", "Use tool_1"]) {
        assert.deepEqual((await json(path, { body: { tool, params: { a: 1 } } })).output, { a: 1 });
        const { request, context } = calls.at(-1)!;
        assert.deepEqual([request.packageName, request.version], ["tool-1", "1.0.0"]);
        assert.deepEqual([context.pin?.collectionId, context.pin?.toolId], [shared, "tool_1"]);
        assert.deepEqual(context.grant?.defaults?.limits, { timeoutMs: 50 });
      }
      assert.deepEqual(await outcome("tool_4"), [200, null]);
      assert.equal(calls.at(-1)!.context.pin?.collectionId, mine);
    });
    await t.step("a tool of its own, as the catalog shows it", async () => {
      assert.deepEqual(await outcome("tool-2-echo"), [200, null]);
      const { request, context } = calls.at(-1)!;
      assert.deepEqual([request.packageName, request.version, context.pin], [
        ...["tool-2", "1.0.0", undefined],
      ]);
    });
    await t.step("on the agent's executor, else the collection's, else the system's", async () => {
      const executorOf = async (tool: string) => {
        assert.deepEqual(await outcome(tool), [200, null]);
        const executor = calls.at(-1)!.context.grant?.executor;
        return executor?.kind === "remote" ? executor.url : executor?.kind;
      };
      assert.equal(await executorOf("tool_1"), THERE.url);
      assert.equal(await executorOf("tool_2"), "https://system.example");
      await json(`/api/agents/${agent}`, { method: "PATCH", body: { executor: ELSEWHERE } });
      assert.equal(await executorOf("tool_1"), ELSEWHERE.url);
      assert.equal(await executorOf("tool_2"), ELSEWHERE.url);
      await json(`/api/agents/${agent}`, {
        method: "PATCH",
        body: { executor: { kind: "local" } },
      });
      assert.equal(await executorOf("tool_1"), "local");
    });
    await t.step("as an event stream", async () => {
      const answer = await call("tool_2", { headers: { accept: "text/event-stream" } });
      assert.match(await answer.text(), /event: result/);
    });
    await t.step("nothing that it does not use, whatever else the caller has", async () => {
      assert.deepEqual(await outcome("tool_3"), [404, "tool_not_found"]);
      assert.deepEqual(await outcome("tool_5"), [404, "tool_not_found"]);
      const other = await world.ask("/api/agents/agt_nothing/call", { body: { tool: "tool_1" } });
      assert.equal(other.status, 404);
      await json(`/api/agents/${agent}`, { method: "PATCH", body: { collectionIds: [unused] } });
      assert.deepEqual(await outcome("tool_3"), [200, null]);
      assert.deepEqual(await outcome("tool_4"), [404, "tool_not_found"]);
      const collectionIds = [shared, mine];
      await json(`/api/agents/${agent}`, { method: "PATCH", body: { collectionIds } });
    });
    await t.step(
      "attack: strangers get what is public, on no executor and with no more",
      async () => {
        const scopes = ["tools:execute", "agents:chat"] as const;
        const stranger = userCaller({ tenant: "ten_b" });
        const { token: key } = await world.makeKey(stranger, { scopes: [...scopes] });
        await json(`/api/agents/${agent}`, { method: "PATCH", body: { executor: ELSEWHERE } });
        assert.deepEqual(await outcome("tool_1", { key }), [200, null]);
        const { context } = calls.at(-1)!;
        assert.deepEqual([context.tenant, context.grant?.executor], [
          ...["ten_b", { kind: "remote", url: "https://system.example" }],
        ]);
        // In a private collection of the agent's owner, which is its own business.
        for (const tool of ["tool_4", "Use tool_4", "tool_5"]) {
          assert.deepEqual(await outcome(tool, { key }), [404, "tool_not_found"], tool);
        }
        for (const scope of scopes) {
          const { token: less } = await world.makeKey(stranger, { scopes: [scope] });
          assert.deepEqual(
            await outcome("tool_1", { key: less }),
            [403, "permission_denied"],
            scope,
          );
        }
        const own = userCaller({ tenant: "local" });
        const held = await world.makeKey(own, { scopes: [...scopes], collections: [shared] });
        assert.deepEqual(await outcome("tool_1", { key: held.token }), [404, "not_found"]);
        await json(`/api/agents/${agent}`, { method: "PATCH", body: { visibility: "private" } });
        assert.deepEqual(await outcome("tool_1", { key }), [404, "not_found"]);
      },
    );
  });
}
