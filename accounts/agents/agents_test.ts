import assert from "node:assert/strict";
import type { AnySql, Database } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { anonymousCaller, keyCaller, userCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { insertTools } from "../../tests/support/sample_tools.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { createCollection } from "../collections/change_collection.ts";
import { viewAgent } from "./agent_record.ts";
import { type AgentWish, createAgent, removeAgent, updateAgent } from "./change_agent.ts";
import { findAgent, listAgents } from "./find_agent.ts";
import { MAX_AGENT_USES } from "./set_agent_uses.ts";

const ALICE = userCaller();
const BOB = userCaller({ tenant: "ten_b" });
const REMOTE = { kind: "remote", url: "https://there.example", tokenSecret: null } as const;

function within<T>(db: Database, change: (tx: AnySql) => Promise<T>) {
  return db.sql.begin((tx) => change(tx));
}

const by = (caller: Caller) => ({ caller, requestId: null });

testDatabase("agents are made, changed, found and removed by their account", async (db, t) => {
  await insertTools(db, [
    { id: "tool_1" },
    { id: "tool_a", owner: "ten_a", visibility: "private" },
    { id: "tool_b", owner: "ten_b", visibility: "private" },
  ]);
  const collect = (caller: Caller, name: string) =>
    within(db, (tx) => createCollection(tx, by(caller), { name }));
  const own = await collect(ALICE, "own");
  const foreign = await collect(BOB, "foreign");
  const make = (caller: Caller, more: AgentWish = {}) =>
    within(db, (tx) => createAgent(tx, by(caller), { name: "Helper", ...more }));
  const agent = await make(ALICE, {
    ...{ visibility: "public", instructions: "Be brief", model: "m", executor: REMOTE },
    collectionIds: [own.id],
    toolIds: ["tool_a", "tool_1"],
  });

  await t.step("createAgent() uses what the caller may see, in order", async () => {
    assert.deepEqual(agent.collection_ids, [own.id]);
    assert.deepEqual(agent.tool_ids, ["tool_a", "tool_1"]);
    assert.equal(agent.slug, "helper");
    await failsWith(make(ALICE), { code: "conflict" });
    const more = { slug: "x" };
    await failsWith(make(ALICE, { ...more, toolIds: ["tool_b"] }), { code: "tool_not_found" });
    const collectionIds = [foreign.id];
    await failsWith(make(ALICE, { ...more, collectionIds }), { code: "not_found" });
    const twice = { ...more, toolIds: ["tool_1", "tool_1"] };
    await failsWith(make(ALICE, twice), { code: "invalid_input" });
    const many = Array.from({ length: MAX_AGENT_USES + 1 }, (_, n) => `t${n}`);
    await failsWith(make(ALICE, { ...more, toolIds: many }), { code: "resource_limit" });
    assert.equal((await listAgents(db.sql, ALICE, { limit: 9 })).length, 1, "nothing half-made");
  });
  await t.step("what a public agent uses is seen as far as it may be seen", async () => {
    const seen = await findAgent(db.sql, BOB, { name: agent.id });
    assert.deepEqual(seen.collection_ids, []);
    assert.deepEqual(seen.tool_ids, ["tool_1"]);
    assert.equal(viewAgent(seen, "ten_b").executor, null);
    assert.deepEqual(viewAgent(agent, "ten_a").executor, REMOTE);
    const listed = await listAgents(db.sql, anonymousCaller(), { limit: 9, of: "public" });
    assert.deepEqual(listed.map(({ tool_ids }) => tool_ids), [["tool_1"]]);
  });
  await t.step("updateAgent() replaces what is named and leaves the rest", async () => {
    const change = (caller: Caller, wish: AgentWish, revision?: number) =>
      within(db, (tx) => updateAgent(tx, by(caller), { id: agent.id, wish, revision }));
    const changed = await change(ALICE, { toolIds: ["tool_1"], visibility: "private" }, 1);
    assert.deepEqual(changed.tool_ids, ["tool_1"]);
    assert.deepEqual(changed.collection_ids, [own.id]);
    assert.equal(changed.instructions, "Be brief");
    await failsWith(change(ALICE, { name: "Late" }, 1), { code: "precondition_failed" });
    await failsWith(change(BOB, { name: "Mine" }), { code: "not_found" });
    const reader = keyCaller({ scopes: new Set(["collections:read"]) });
    await failsWith(change(reader, { name: "Mine" }), { code: "permission_denied" });
    for (const caller of [BOB, anonymousCaller(), keyCaller({ collections: [own.id] })]) {
      await failsWith(findAgent(db.sql, caller, { name: agent.id }), { code: "not_found" });
    }
    assert.equal((await findAgent(db.sql, ALICE, { name: "helper" })).id, agent.id);
  });
  await t.step("removeAgent() removes it, for its account only", async () => {
    const remove = (caller: Caller) =>
      within(db, (tx) => removeAgent(tx, by(caller), { id: agent.id }));
    await failsWith(remove(BOB), { code: "not_found" });
    await remove(ALICE);
    await failsWith(remove(ALICE), { code: "not_found" });
    assert.equal((await db.sql`select * from agent_tool`).length, 0);
  });
});
