import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { AnySql, Database, DatabaseSleep } from "../registry/database/database.ts";
import { openSharedDatabase } from "../tests/support/test_database.ts";
import { createKey } from "./keys/create_key.ts";
import { KEY_CACHE_BOUNDS } from "./keys/verify_key.ts";
import { openAccounts } from "./open_accounts.ts";
import { OWNER_CALLER } from "./owner_caller.ts";

/** Longer than a key is read for. */
const OPENING_MS = KEY_CACHE_BOUNDS.readTimeoutMs + 300;

/** The database as it is before its first query, which waits until it is open. */
function asleep(database: Database, { hasNobody = false } = {}) {
  let opening: Promise<void> | undefined;
  let isOpen = false;
  const open = () => opening ??= delay(OPENING_MS).then(() => void (isOpen = true));
  const sql = new Proxy(database.sql, {
    apply: (target, _this, args: unknown[]) =>
      open().then(() => Reflect.apply(target, undefined, args)),
  });
  const sleep: DatabaseSleep = {
    isAsleep: () => !isOpen,
    hasNobody: () => Promise.resolve(hasNobody),
    open,
  };
  return { kind: database.kind, sql, sleep, wasAsked: () => opening !== undefined };
}

function accountsOver(database: ReturnType<typeof asleep>) {
  return openAccounts({
    database,
    ownerKey: undefined,
    trustsMachine: true,
    masterKeys: { current: new Uint8Array(32), previous: undefined },
    people: () => Promise.reject(new Error("nobody signs in")),
    onFailure: () => {},
  });
}

Deno.test("authenticate() waits for a database that opens slower than a key is read for", async (t) => {
  await using database = await openSharedDatabase("pglite");
  const { token } = await database.sql.begin((tx: AnySql) =>
    createKey(tx, { caller: OWNER_CALLER, requestId: "r" }, {
      ...{ name: "first", scopes: ["tools:execute"], collections: null },
      ...{ ceiling: {}, expiresAt: null },
    })
  );
  const withKey = new Headers({ "x-api-key": token });

  await t.step("the first key", async () => {
    await using accounts = accountsOver(asleep(database));
    assert.equal((await accounts.authenticate(withKey)).kind, "key");
  });
  await t.step("the first caller without one", async () => {
    await using accounts = accountsOver(asleep(database));
    assert.equal((await accounts.authenticate(new Headers())).kind, OWNER_CALLER.kind);
  });
  await t.step("not where nobody can have a key: nothing is opened for it", async () => {
    const sleeping = asleep(database, { hasNobody: true });
    await using accounts = accountsOver(sleeping);
    await assert.rejects(async () => await accounts.authenticate(withKey), {
      code: "unauthenticated",
    });
    assert(!sleeping.wasAsked());
  });
});
