import assert from "node:assert/strict";
import { openAccounts } from "../accounts/open_accounts.ts";
import { openMetering } from "../accounts/open_metering.ts";
import { createKey } from "../accounts/keys/create_key.ts";
import { storeSecret } from "../accounts/secrets/store_secret.ts";
import type { AnySql, Database, Sql } from "../registry/database/database.ts";
import { ownerCaller, userCaller } from "./support/callers.ts";
import { fakeGateway } from "./support/fake_gateway.ts";
import { testDatabase } from "./support/test_database.ts";

const CALL = { packageName: "@scope/tools", name: "greet", params: {} };

/** Far below the deadlines of reads, and far above what a busy machine takes. */
const SOON_MS = 400;

/** The same queries; while `hang` is on, none is ever answered. Disposing answers them with nothing. */
function hangable(sql: Sql) {
  const state = { hang: false };
  const waiting: PromiseWithResolvers<never[]>[] = [];
  const never = () => {
    const one = Promise.withResolvers<never[]>();
    waiting.push(one);
    return one.promise;
  };
  return {
    state,
    sql: new Proxy(sql, {
      apply: (target, self, args) => state.hang ? never() : Reflect.apply(target, self, args),
      get: (target, name) => state.hang && name === "begin" ? never : Reflect.get(target, name),
    }),
    [Symbol.dispose]() {
      state.hang = false;
      waiting.forEach((one) => one.resolve([]));
    },
  };
}

function keyOf(database: Database) {
  const wish = {
    ...{ name: "n", scopes: ["tools:execute"], collections: null, ceiling: {} } as const,
    expiresAt: null,
  };
  return database.sql.begin((tx: AnySql) =>
    createKey(tx, { caller: userCaller(), requestId: null }, wish)
  );
}

testDatabase("calls of known callers do not wait for a database that hangs", async (database) => {
  const [known, unknown] = [await keyOf(database), await keyOf(database)];
  const masterKeys = { current: new Uint8Array(32).fill(7), previous: undefined };
  const { sql, state, ...hanging } = hangable(database.sql);
  const over = { database: { ...database, sql }, onFailure: () => {} };
  await using accounts = openAccounts({
    ...{ ...over, masterKeys, ownerKey: undefined, trustsMachine: true },
    people: () => Promise.reject(new Error("nobody signs in")),
  });
  const wish = { name: "TOKEN", value: "hush-hush", collectionId: null };
  for (const caller of [ownerCaller(), userCaller()]) {
    await database.sql.begin((tx: AnySql) =>
      storeSecret(tx, { caller, requestId: null }, { ...wish, masterKeys: accounts.masterKeys })
    );
  }
  await using metering = openMetering({
    ...{ ...over, rateStore: "memory", whenStoreIsDown: "open" },
  });
  const { post, calls } = fakeGateway({ accounts, metering });
  using _answered = hanging;
  const call = async (headers: Record<string, string>) => {
    const startedAt = performance.now();
    const { status } = await post("/execute-tool", CALL, headers);
    return { status, tookMs: performance.now() - startedAt };
  };
  const callers: Record<string, string>[] = [{}, { authorization: `Bearer ${known.token}` }];
  for (const headers of callers) assert.equal((await call(headers)).status, 200);
  state.hang = true;
  for (let round = 0; round < 30; round++) {
    for (const headers of callers) {
      const { status, tookMs } = await call(headers);
      assert.equal(status, 200);
      assert.ok(tookMs < SOON_MS, `round ${round}: ${tookMs} ms`);
      assert.equal(calls.at(-1)?.context.grant?.secrets?.TOKEN, "hush-hush");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // Who has to be asked about waits, as long as the deadline allows: the database does hang.
  const stranger = await call({ authorization: `Bearer ${unknown.token}` });
  assert.equal(stranger.status, 502);
});
