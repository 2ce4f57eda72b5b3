import assert from "node:assert/strict";
import type { Caller } from "../../spec/account.ts";
import { anonymousCaller, keyCaller, userCaller } from "../../tests/support/callers.ts";
import { AccountsWorld } from "../../tests/support/accounts_world.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { insertTools } from "../../tests/support/sample_tools.ts";
import type { AnySql, DatabaseKind } from "../../registry/database/database.ts";
import { createAgent } from "../agents/change_agent.ts";
import { addTool } from "../collections/change_tools.ts";
import { createCollection } from "../collections/change_collection.ts";
import { storeSecret } from "../secrets/store_secret.ts";
import { THROUGH_BOUNDS } from "./grant_book.ts";

const OWNER = { caller: userCaller({ tenant: "ten_a" }), requestId: null };
const STRANGER = userCaller({ tenant: "ten_b" });
const SYSTEM = { kind: "remote", url: "https://system.example", token: "system" } as const;

async function openWorld(kind?: DatabaseKind) {
  const world = await AccountsWorld.open({ kind, accounts: { executor: SYSTEM } });
  const { sql } = world.database;
  await insertTools(world.database, [{ id: "tool_1" }]);
  const ids = await sql.begin(async (tx: AnySql) => {
    const collection = await createCollection(tx, OWNER, {
      name: "Shared",
      visibility: "public",
      limits: { timeoutMs: 50 },
      permissions: { net: ["a.example"] },
      executor: { kind: "remote", url: "https://mine.example", tokenSecret: "RUN_TOKEN" },
    });
    const other = await createCollection(tx, OWNER, { name: "Other", visibility: "private" });
    await addTool(tx, OWNER, { collectionId: collection.id, toolId: "tool_1" });
    const agent = await createAgent(tx, OWNER, {
      name: "Agent",
      visibility: "public",
      executor: { kind: "local" },
      collectionIds: [collection.id],
    });
    const { masterKeys } = world.accounts;
    for (
      const [name, value, collectionId] of [
        ["RUN_TOKEN", "of the account", null],
        ["RUN_TOKEN", "of the collection", collection.id],
        ["ACCOUNT_KEY", "kept", null],
      ] as const
    ) {
      await storeSecret(tx, OWNER, { name, value, collectionId, masterKeys });
    }
    return { collectionId: collection.id, otherId: other.id, agentId: agent.id };
  });
  return { world, ...ids };
}

Deno.test("grantThrough() gives an account its collection's secrets, limits and executor", async () => {
  const { world, collectionId, otherId, agentId } = await openWorld();
  await using _world = world;
  const { accounts } = world;
  const grant = await accounts.grantThrough(OWNER.caller, { collectionId });
  assert.deepEqual(grant.defaults, {
    limits: { timeoutMs: 50 },
    permissions: { net: ["a.example"] },
  });
  assert.deepEqual(grant.executor, {
    kind: "remote",
    url: "https://mine.example",
    token: "of the collection",
  });
  assert.deepEqual(Object.keys(grant.secrets ?? {}).toSorted(), ["ACCOUNT_KEY", "RUN_TOKEN"]);
  assert.ok(!grant.redact?.("of the collection").includes("of the collection"));
  // The agent comes before the collection, and the system after both.
  const through = await accounts.grantThrough(OWNER.caller, { collectionId, agentId });
  assert.deepEqual(through.executor, { kind: "local" });
  assert.deepEqual((await accounts.grantThrough(OWNER.caller, { agentId })).defaults, undefined);
  assert.deepEqual((await accounts.grantFor(OWNER.caller)).executor, SYSTEM);
  const unused = accounts.grantThrough(OWNER.caller, { collectionId: otherId, agentId });
  await failsWith(unused, { code: "not_found" });
});

Deno.test("grantThrough() gives strangers nothing that the owner keeps", async () => {
  const { world, collectionId, otherId, agentId } = await openWorld();
  await using _world = world;
  const { accounts } = world;
  const callers: readonly Caller[] = [
    STRANGER,
    keyCaller({ tenant: "ten_b", collections: [collectionId] }),
    anonymousCaller({ scopes: new Set(["tools:execute"]) }),
  ];
  for (const caller of callers) {
    const grant = await accounts.grantThrough(caller, { collectionId });
    assert.deepEqual(grant.executor, SYSTEM);
    assert.equal(grant.secrets, undefined);
    assert.deepEqual(grant.defaults?.limits, { timeoutMs: 50 });
    await failsWith(accounts.grantThrough(caller, { collectionId: otherId }), {
      code: "not_found",
    });
  }
  assert.deepEqual((await accounts.grantThrough(STRANGER, { agentId })).executor, SYSTEM);
  // The owner's name in lower rights is no way in either.
  const held = keyCaller({ tenant: "ten_a", collections: ["col_other"] });
  await failsWith(accounts.grantThrough(held, { collectionId }), { code: "not_found" });
  const blind = keyCaller({ tenant: "ten_a", scopes: new Set(["collections:read"]) });
  await failsWith(accounts.grantThrough(blind, { collectionId }), { code: "permission_denied" });
});

Deno.test("grantThrough() waits for the database no longer than its bound, and then refuses", async () => {
  const { world, collectionId } = await openWorld("pglite");
  await using _world = world;
  const { accounts, database } = world;
  await accounts.findCallable(OWNER.caller, { collectionId });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  // The one connection of the embedded database is taken.
  const hog = database.sql.begin(async () => await released);
  try {
    const started = performance.now();
    assert.equal((await accounts.findCallable(OWNER.caller, { collectionId })).id, collectionId);
    assert.ok(performance.now() - started < THROUGH_BOUNDS.readTimeoutMs, "known: from memory");
    const unknown = accounts.findCallable(OWNER.caller, { collectionId: "col_unknown" });
    await failsWith(unknown, { code: "upstream_failed" });
    assert.ok(performance.now() - started < 3 * THROUGH_BOUNDS.readTimeoutMs);
  } finally {
    release();
    await hog;
  }
});

Deno.test("executorFor() sends a secret nowhere for keys, which do not look after secrets", async () => {
  const { world, collectionId } = await openWorld();
  await using _world = world;
  const { accounts } = world;
  const executor = {
    kind: "remote",
    url: "https://evil.example",
    tokenSecret: "RUN_TOKEN",
  } as const;
  const key = keyCaller({ tenant: "ten_a" });
  await failsWith(accounts.executorFor(key, { executor }), { code: "permission_denied" });
  const plain = { ...executor, tokenSecret: null };
  assert.deepEqual(await accounts.executorFor(key, { executor: plain }), {
    kind: "remote",
    url: "https://evil.example",
  });
  const mine = await accounts.executorFor(OWNER.caller, { executor, collectionId });
  assert.equal(mine.token, "of the collection");
  assert.equal((await accounts.executorFor(OWNER.caller, { executor })).token, "of the account");
  // Another's collection has no secrets of one's own.
  await failsWith(accounts.executorFor(STRANGER, { executor, collectionId }), {
    code: "not_found",
  });
});
