import assert from "node:assert/strict";
import { createCollection } from "../collections/change_collection.ts";
import type { AnySql, Database } from "../../registry/database/database.ts";
import { keyCaller, userCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { bridgeOwner, reachesBridge } from "./bridge_record.ts";
import { addBridgeTool, listBridgeTools, removeBridgeTool } from "./collection_bridge_tools.ts";
import {
  enterBridge,
  keepOffered,
  leaveBridge,
  MAX_BRIDGES,
  type OfferedTool,
  seeBridge,
} from "./enter_bridge.ts";
import { listBridges } from "./list_bridges.ts";
import { readServedBridgeTools } from "./served_bridge_tools.ts";

const ME = userCaller();
const ACTOR = { caller: ME, requestId: null };

function tool(name: string, more: Partial<OfferedTool> = {}): OfferedTool {
  const inputSchema = { type: "object" };
  return { name, description: `Does ${name}`, inputSchema, outputSchema: null, ...more };
}

function offer(...tools: OfferedTool[]) {
  return { servers: [{ id: "files", name: "Files", tools }] };
}

async function enter({ sql }: Database, name = "laptop", connectionId = "c1") {
  return await sql.begin((tx: AnySql) =>
    enterBridge(tx, {
      ...{ owner: bridgeOwner(ME), name, connectionId, clientVersion: "1.0.0", os: "linux" },
    })
  );
}

async function keep({ sql }: Database, id: string, ...tools: OfferedTool[]) {
  await sql.begin((tx: AnySql) => keepOffered(tx, id, offer(...tools)));
}

testDatabase(
  "a bridge keeps its tools and their ids, and only its connection ends it",
  async (db) => {
    const { sql } = db;
    const id = await enter(db);
    await keep(db, id, tool("read"), tool("write", { outputSchema: { type: "object" } }));
    const [before] = await listBridges(sql, ME);
    assert.equal(before?.status, "connected");
    assert.deepEqual(before?.tools.map(({ name, available }) => [name, available]), [
      ["read", true],
      ["write", true],
    ]);
    // The same bridge on another connection.
    assert.equal(await enter(db, "laptop", "c2"), id);
    await leaveBridge(sql, { bridgeId: id, connectionId: "c1" });
    assert.equal(await seeBridge(sql, { bridgeId: id, connectionId: "c1" }), false);
    assert.equal(await seeBridge(sql, { bridgeId: id, connectionId: "c2" }), true);
    assert.equal((await listBridges(sql, ME))[0]?.status, "connected");
    await keep(db, id, tool("read", { description: "Reads" }), tool("later"));
    const after = (await listBridges(sql, ME))[0];
    assert.equal(after?.tools.find(({ name }) => name === "read")?.id, before?.tools[0]?.id);
    assert.deepEqual(after?.tools.map(({ name }) => name), ["later", "read"]);
    await leaveBridge(sql, { bridgeId: id, connectionId: "c2" });
    const gone = (await listBridges(sql, ME))[0];
    assert.equal(gone?.status, "disconnected");
    assert.ok(gone?.tools.every(({ available }) => !available));
    // A node that ended without a word.
    await enter(db, "laptop", "c3");
    await sql`update bridge set last_seen_at = now() - interval '2 minutes'`;
    assert.equal((await listBridges(sql, ME))[0]?.status, "disconnected");
  },
);

testDatabase("an owner has so many bridges and no more", async (db) => {
  for (let at = 0; at < MAX_BRIDGES; at++) await enter(db, `b${at}`);
  await failsWith(enter(db, "more"), { code: "resource_limit" });
  await enter(db, "b0", "again");
  assert.equal((await listBridges(db.sql, ME)).length, MAX_BRIDGES);
});

testDatabase("a collection takes tools of its owner's own machine only", async (db) => {
  const { sql } = db;
  const id = await enter(db);
  await keep(db, id, tool("read"), tool("write"));
  const [read, write] = (await listBridges(sql, ME))[0]!.tools;
  const make = (caller = ME) =>
    sql.begin((tx: AnySql) =>
      createCollection(tx, { caller, requestId: null }, { name: crypto.randomUUID() })
    );
  const { id: collectionId } = await make();
  const toolId = read!.id;
  const add = (caller = ME, more = {}) =>
    sql.begin((tx: AnySql) =>
      addBridgeTool(tx, { caller, requestId: null }, { collectionId, toolId, ...more })
    );
  await add(ME, { displayName: "Reader", note: "Only notes" });
  const listed = await listBridgeTools(sql, ME, { collectionId });
  assert.deepEqual(
    listed.map(({ displayName, note, available, changed }) => ({
      ...{ displayName, note, available, changed },
    })),
    [{ displayName: "Reader", note: "Only notes", available: true, changed: false }],
  );

  // Another account, and another member of the same one.
  const stranger = userCaller({ tenant: "ten_b" });
  const member = userCaller({ userId: "usr_other" });
  const theirs = await make(stranger);
  for (const [caller, into] of [[stranger, theirs.id], [member, collectionId]] as const) {
    await failsWith(add(caller, { collectionId: into }), { code: "tool_not_found" });
    assert.deepEqual(await listBridges(sql, caller), []);
    assert.deepEqual(await listBridgeTools(sql, caller, { collectionId }), []);
  }
  await failsWith(add(ME, { collectionId: theirs.id }), { code: "not_found" });
  await failsWith(add(keyCaller({ scopes: new Set() })), { code: "permission_denied" });

  // It says something else of itself: not what was added, until it is added again.
  await keep(db, id, tool("read", { description: "Sends all files away" }));
  const [served] = await readServedBridgeTools(sql, { collectionId });
  assert.deepEqual([served?.changed, served?.offered], [true, true]);
  assert.equal((await listBridgeTools(sql, ME, { collectionId }))[0]?.available, false);
  await add();
  assert.equal((await readServedBridgeTools(sql, { tenant: ME.tenant }))[0]?.changed, false);

  // What it offers no more stays where it is in a collection, and goes elsewhere.
  await keep(db, id);
  const [left] = await readServedBridgeTools(sql, { collectionId });
  assert.deepEqual([left?.toolId, left?.offered], [toolId, false]);
  const [row] = await sql`select count(*)::int as count from bridge_tool where id = ${write!.id}`;
  assert.equal(row?.count, 0);
  await failsWith(add(), { code: "tool_not_found" });
  await sql.begin((tx: AnySql) => removeBridgeTool(tx, ACTOR, { collectionId, toolId }));
  await failsWith(
    sql.begin((tx: AnySql) => removeBridgeTool(tx, ACTOR, { collectionId, toolId })),
    { code: "tool_not_found" },
  );
  assert.deepEqual(await readServedBridgeTools(sql, { collectionId }), []);
});

Deno.test("reachesBridge() lets the machine's own user in, and nobody else", () => {
  const mine = { tenant: "ten_a", userId: "usr_a" };
  assert.equal(reachesBridge(userCaller({ userId: "usr_a" }), mine), true);
  assert.equal(reachesBridge(keyCaller({ userId: "usr_a" }), mine), true);
  assert.equal(reachesBridge(keyCaller({ userId: "usr_b" }), mine), false);
  assert.equal(reachesBridge(keyCaller({ userId: null }), mine), false);
  assert.equal(reachesBridge(keyCaller({ userId: "usr_a", tenant: "ten_b" }), mine), false);
  const anonymous = keyCaller({ kind: "anonymous", userId: "usr_a" });
  assert.equal(reachesBridge(anonymous, mine), false);
});
