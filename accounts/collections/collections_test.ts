import assert from "node:assert/strict";
import type { AnySql, Database } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { anonymousCaller, keyCaller, userCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { insertTools } from "../../tests/support/sample_tools.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { MasterKeys } from "../secrets/master_keys.ts";
import { storeSecret } from "../secrets/store_secret.ts";
import { listAudit } from "../audit/list_audit.ts";
import { createCollection, removeCollection, updateCollection } from "./change_collection.ts";
import { addTool, orderTools, removeTool, updateTool } from "./change_tools.ts";
import { viewCollection } from "./collection_record.ts";
import { findCollection, listCollections } from "./find_collection.ts";
import { likeCollection } from "./like_collection.ts";
import { listCollectionTools } from "./list_collection_tools.ts";
import { slugOf } from "./slug_of.ts";

const ALICE = userCaller();
const BOB = userCaller({ tenant: "ten_b" });
const MASTER_KEYS = new MasterKeys({ current: new Uint8Array(32).fill(7), previous: undefined });
const REMOTE = { kind: "remote", url: "https://there.example", tokenSecret: "T" } as const;

function within<T>(db: Database, change: (tx: AnySql) => Promise<T>) {
  return db.sql.begin((tx) => change(tx));
}

const by = (caller: Caller) => ({ caller, requestId: "req-1" });

Deno.test("slugOf() makes a name fit for a URL", () => {
  assert.equal(slugOf("My Tools, 2nd édition!", "x"), "my-tools-2nd-e-dition");
  assert.equal(slugOf("  日本  ", "col-x"), "col-x");
  assert.equal(slugOf("a".repeat(63) + " b", "x"), "a".repeat(63));
});

testDatabase("collections are made, changed, found and removed by their account", async (db, t) => {
  const make = (caller: Caller, name: string, more = {}) =>
    within(db, (tx) => createCollection(tx, by(caller), { name, ...more }));
  const mine = await make(ALICE, "My tools", { executor: REMOTE, limits: { timeoutMs: 50 } });
  const theirs = await make(BOB, "My tools");
  const shared = await make(BOB, "Shared", { visibility: "public", executor: REMOTE });

  await t.step("each account has slugs of its own", async () => {
    assert.equal(mine.slug, "my-tools");
    assert.equal(theirs.slug, "my-tools");
    await failsWith(make(ALICE, "My Tools!"), { code: "conflict" });
    const second = await make(ALICE, "Second");
    const taken = { id: second.id, wish: { slug: "my-tools" } };
    const change = within(db, (tx) => updateCollection(tx, by(ALICE), taken));
    await failsWith(change, { code: "conflict" });
    await within(db, (tx) => removeCollection(tx, by(ALICE), { id: second.id }));
  });
  await t.step("findCollection() finds by id, by slug, and nothing of others", async () => {
    assert.equal((await findCollection(db.sql, ALICE, { name: "my-tools" })).id, mine.id);
    assert.equal((await findCollection(db.sql, ALICE, { name: shared.id })).id, shared.id);
    for (const caller of [BOB, anonymousCaller(), anonymousCaller({ tenant: "ten_a" })]) {
      await failsWith(findCollection(db.sql, caller, { name: mine.id }), { code: "not_found" });
    }
    const held = keyCaller({ collections: [shared.id] });
    await failsWith(findCollection(db.sql, held, { name: mine.id }), { code: "not_found" });
    assert.equal((await findCollection(db.sql, held, { name: shared.id })).id, shared.id);
  });
  await t.step("where calls run is shown to the account alone", () => {
    assert.deepEqual(viewCollection(shared, "ten_b").executor, REMOTE);
    assert.equal(viewCollection(shared, "ten_a").executor, null);
  });
  await t.step("listCollections() pages through one's own, or the public ones", async () => {
    const ids = async (caller: Caller, of: "own" | "public") =>
      (await listCollections(db.sql, caller, { limit: 9, of })).map(({ id }) => id);
    assert.deepEqual(await ids(ALICE, "own"), [mine.id]);
    assert.deepEqual(await ids(BOB, "own"), [shared.id, theirs.id]);
    assert.deepEqual(await ids(anonymousCaller(), "public"), [shared.id]);
    assert.deepEqual(await ids(anonymousCaller(), "own"), []);
    const [second] = await listCollections(db.sql, BOB, { limit: 1, after: shared.id });
    assert.equal(second?.id, theirs.id);
    const after = theirs.id;
    assert.deepEqual(await listCollections(db.sql, ALICE, { limit: 9, after }), []);
  });
  await t.step("updateCollection() changes what was seen, and only one's own", async () => {
    const change = (caller: Caller, target: object) =>
      within(
        db,
        (tx) =>
          updateCollection(tx, by(caller), { id: mine.id, wish: { name: "Mine" }, ...target }),
      );
    await failsWith(change(BOB, {}), { code: "not_found" });
    await failsWith(change(ALICE, { revision: 7 }), { code: "precondition_failed" });
    const changed = await change(ALICE, { revision: mine.revision });
    assert.equal(changed.name, "Mine");
    assert.equal(changed.revision, mine.revision + 1);
    assert.deepEqual(changed.limits, { timeoutMs: 50 });
    assert.deepEqual(changed.executor, REMOTE);
    const local = await change(ALICE, { wish: { executor: null, visibility: "private" } });
    assert.equal(local.executor, null);
    const reader = keyCaller({ scopes: new Set(["collections:read"]) });
    await failsWith(change(reader, {}), { code: "permission_denied" });
    const other = within(
      db,
      (tx) => updateCollection(tx, by(ALICE), { id: shared.id, wish: { name: "Mine now" } }),
    );
    await failsWith(other, { code: "permission_denied" });
  });
  await t.step("likeCollection() counts each account once", async () => {
    const like = (caller: Caller, likes: boolean) =>
      within(db, (tx) => likeCollection(tx, { caller }, { id: shared.id, likes }));
    assert.equal(await like(ALICE, true), 1);
    assert.equal(await like(ALICE, true), 1);
    assert.equal(await like(BOB, true), 2);
    assert.equal(await like(ALICE, false), 1);
    assert.equal(await like(ALICE, false), 1);
    await failsWith(
      within(db, (tx) => likeCollection(tx, { caller: ALICE }, { id: theirs.id, likes: true })),
      { code: "not_found" },
    );
  });
  await t.step("removeCollection() removes what is kept with it, and leaves its line", async () => {
    const secret = { name: "K", value: "v", collectionId: mine.id, masterKeys: MASTER_KEYS };
    await within(db, (tx) => storeSecret(tx, by(ALICE), secret));
    await failsWith(
      within(db, (tx) => removeCollection(tx, by(BOB), { id: mine.id })),
      { code: "not_found" },
    );
    await within(db, (tx) => removeCollection(tx, by(ALICE), { id: mine.id }));
    assert.equal((await db.sql`select id from secret`).length, 0);
    const lines = await listAudit(db.sql, ALICE, { limit: 9 });
    assert.equal(lines[0]?.action, "collection.removed");
    assert.equal(lines[0].requestId, "req-1");
  });
});

testDatabase("tools of a collection keep their order, and are seen by who may", async (db, t) => {
  await insertTools(db, [
    { id: "tool_1" },
    { id: "tool_2" },
    { id: "tool_a", owner: "ten_a", visibility: "private" },
    { id: "tool_b", owner: "ten_b", visibility: "private" },
  ]);
  const { id: collectionId } = await within(
    db,
    (tx) => createCollection(tx, by(ALICE), { name: "Tools", visibility: "public" }),
  );
  const add = (caller: Caller, toolId: string) =>
    within(db, (tx) => addTool(tx, by(caller), { collectionId, toolId }));
  const seen = async (caller: Caller) =>
    (await listCollectionTools(db.sql, caller, { collectionId })).map(({ toolId }) => toolId);

  await t.step("addTool() takes what the caller may see, once", async () => {
    for (const toolId of ["tool_1", "tool_a", "tool_2"]) await add(ALICE, toolId);
    await failsWith(add(ALICE, "tool_1"), { code: "conflict" });
    await failsWith(add(ALICE, "tool_b"), { code: "tool_not_found" });
    await failsWith(add(ALICE, "nothing"), { code: "tool_not_found" });
    await failsWith(add(BOB, "tool_2"), { code: "permission_denied" });
    assert.deepEqual(await seen(ALICE), ["tool_1", "tool_a", "tool_2"]);
  });
  await t.step("a private tool in a public collection is its owner's alone", async () => {
    assert.deepEqual(await seen(BOB), ["tool_1", "tool_2"]);
    assert.deepEqual(await seen(anonymousCaller()), ["tool_1", "tool_2"]);
    assert.deepEqual(await seen(keyCaller({ collections: ["col_other"] })), []);
    const held = keyCaller({ collections: [collectionId] });
    assert.deepEqual(await seen(held), ["tool_1", "tool_a", "tool_2"]);
  });
  await t.step("orderTools() takes every tool once", async () => {
    const order = (toolIds: string[], more = {}) =>
      within(db, (tx) => orderTools(tx, by(ALICE), { collectionId, toolIds, ...more }));
    await order(["tool_2", "tool_1", "tool_a"]);
    assert.deepEqual(await seen(ALICE), ["tool_2", "tool_1", "tool_a"]);
    const wrong = [
      ["tool_2", "tool_1"],
      ["tool_2", "tool_1", "tool_1"],
      ["tool_2", "tool_1", "tool_a", "tool_a"],
      ["tool_2", "tool_1", "tool_b"],
    ];
    for (const toolIds of wrong) await failsWith(order(toolIds), { code: "conflict" });
    await failsWith(order(["tool_2", "tool_1", "tool_a"], { revision: 1 }), {
      code: "precondition_failed",
    });
    assert.deepEqual(await seen(ALICE), ["tool_2", "tool_1", "tool_a"]);
  });
  await t.step("updateTool() and removeTool() change one tool's place", async () => {
    const target = { collectionId, toolId: "tool_1" };
    await within(db, (tx) => updateTool(tx, by(ALICE), { ...target, displayName: "Say" }));
    await within(db, (tx) => updateTool(tx, by(ALICE), { ...target, note: "often" }));
    const shown = await listCollectionTools(db.sql, ALICE, { collectionId });
    assert.deepEqual([shown[1]?.displayName, shown[1]?.note], ["Say", "often"]);
    await failsWith(
      within(db, (tx) => removeTool(tx, by(BOB), target)),
      { code: "permission_denied" },
    );
    await within(db, (tx) => removeTool(tx, by(ALICE), target));
    await failsWith(within(db, (tx) => removeTool(tx, by(ALICE), target)), {
      code: "tool_not_found",
    });
    await add(ALICE, "tool_1");
    assert.deepEqual(await seen(ALICE), ["tool_2", "tool_a", "tool_1"]);
  });
  await t.step("two that add at once both succeed", async () => {
    await insertTools(db, [{ id: "tool_3" }, { id: "tool_4" }]);
    await Promise.all([add(ALICE, "tool_3"), add(ALICE, "tool_4")]);
    assert.equal((await seen(ALICE)).length, 5);
  });
});
