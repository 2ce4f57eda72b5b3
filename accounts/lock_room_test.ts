import assert from "node:assert/strict";
import type { AnySql, Sql } from "../registry/database/database.ts";
import { AirlockError } from "../spec/errors.ts";
import { userCaller } from "../tests/support/callers.ts";
import { testDatabase } from "../tests/support/test_database.ts";
import { createAgent, MAX_AGENTS_PER_ACCOUNT } from "./agents/change_agent.ts";
import { bridgeOwner } from "./bridges/bridge_record.ts";
import { enterBridge, MAX_BRIDGES } from "./bridges/enter_bridge.ts";
import { createCollection, MAX_COLLECTIONS_PER_ACCOUNT } from "./collections/change_collection.ts";
import { createKey, MAX_KEYS_PER_ACCOUNT } from "./keys/create_key.ts";
import { MasterKeys } from "./secrets/master_keys.ts";
import { MAX_SECRETS_PER_ACCOUNT } from "./secrets/secret_record.ts";
import { storeSecret } from "./secrets/store_secret.ts";

const CALLER = userCaller();
const ACTOR = { caller: CALLER, requestId: null };
const masterKeys = new MasterKeys({ current: new Uint8Array(32).fill(7), previous: undefined });

/** Places that are left when so many come at once. */
const LEFT = 3;
const AT_ONCE = 100;

const secret = (name: string) => ({ name, value: "v", collectionId: null, masterKeys });

/** How all but the last few places are taken, and how one more is asked for. */
const COUNTED: Readonly<
  Record<string, {
    readonly fill: (sql: Sql) => Promise<unknown>;
    readonly make: (tx: AnySql, name: string) => Promise<unknown>;
  }>
> = {
  collections: {
    fill: (sql) =>
      sql`insert into collection (id, owner_id, slug, name)
        select 'col_' || n, 'ten_a', 's' || n, 'n'
        from generate_series(1, ${MAX_COLLECTIONS_PER_ACCOUNT - LEFT}) as n`,
    make: (tx, name) => createCollection(tx, ACTOR, { name }),
  },
  agents: {
    fill: (sql) =>
      sql`insert into agent (id, owner_id, slug, name)
        select 'agt_' || n, 'ten_a', 's' || n, 'n'
        from generate_series(1, ${MAX_AGENTS_PER_ACCOUNT - LEFT}) as n`,
    make: (tx, name) => createAgent(tx, ACTOR, { name }),
  },
  keys: {
    fill: (sql) =>
      sql`insert into api_key (id, owner_id, name, secret_hash, hint, scopes)
        select 'key_' || n, 'ten_a', 'n', ${new Uint8Array(32)}, '', '{}'
        from generate_series(1, ${MAX_KEYS_PER_ACCOUNT - LEFT}) as n`,
    make: (tx, name) =>
      createKey(tx, ACTOR, {
        ...{ name, scopes: [], collections: null, ceiling: {}, expiresAt: null },
      }),
  },
  secrets: {
    async fill(sql) {
      await sql.begin((tx: AnySql) => storeSecret(tx, ACTOR, secret("S1")));
      await sql`insert into secret (id, owner_id, collection_id, name, sealed)
        select 'sec_' || n, 'ten_a', null, 'S' || n, sealed from secret,
          generate_series(2, ${MAX_SECRETS_PER_ACCOUNT - LEFT}) as n`;
    },
    make: (tx, name) => storeSecret(tx, ACTOR, secret(name)),
  },
  bridges: {
    fill: (sql) =>
      sql`insert into bridge (id, owner_id, user_id, name)
        select 'brg_' || n, 'ten_a', '', 'b' || n
        from generate_series(1, ${MAX_BRIDGES - LEFT}) as n`,
    make: (tx, name) =>
      enterBridge(tx, {
        ...{ owner: bridgeOwner(CALLER), name, connectionId: name },
        ...{ clientVersion: "1.0.0", os: "linux" },
      }),
  },
};

testDatabase("lockRoom() lets in as many as there are places, of 100 at once", async ({ sql }) => {
  for (const [what, { fill, make }] of Object.entries(COUNTED)) {
    await fill(sql);
    const attempts = await Promise.allSettled(
      Array.from({ length: AT_ONCE }, (_, at) => sql.begin((tx: AnySql) => make(tx, `new${at}`))),
    );
    for (const attempt of attempts) {
      if (attempt.status === "fulfilled") continue;
      const { reason } = attempt;
      assert.ok(reason instanceof AirlockError && reason.code === "resource_limit", String(reason));
    }
    assert.equal(attempts.filter(({ status }) => status === "fulfilled").length, LEFT, what);
  }
  // What is there already is replaced, where no place is left.
  await sql.begin((tx: AnySql) => storeSecret(tx, ACTOR, secret("S1")));
});
