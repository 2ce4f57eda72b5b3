import assert from "node:assert/strict";
import type { AnySql } from "../../registry/database/database.ts";
import { keyCaller, ownerCaller, userCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { createKey } from "../keys/create_key.ts";
import { findAccount, setAccountTier } from "./account_tier.ts";

testDatabase("setAccountTier() takes all keys along, also those made meanwhile", async (db) => {
  await db.sql`insert into account_setting (id, tenant) values ('usr_a', 'ten_a')`;
  const owner = { caller: ownerCaller(), requestId: null };
  const make = () =>
    db.sql.begin((tx: AnySql) =>
      createKey(tx, { caller: userCaller(), requestId: null }, {
        ...{ name: "k", scopes: ["tools:read"], collections: null, ceiling: {}, expiresAt: null },
      })
    );
  const set = (tier: "FREE" | "PRO") =>
    db.sql.begin((tx: AnySql) => setAccountTier(tx, owner, { id: "usr_a", tier }));
  await make();
  await Promise.all([make(), make(), set("PRO"), make(), make()]);
  const rows = await db.sql`select tier from api_key`;
  assert.deepEqual(rows.map(({ tier }) => tier), Array(5).fill("PRO"));
  assert.equal((await findAccount(db.sql, owner, { id: "usr_a" })).tier, "PRO");
  const key = { caller: keyCaller(), requestId: null };
  await assert.rejects(findAccount(db.sql, key, { id: "usr_a" }));
  await assert.rejects(findAccount(db.sql, owner, { id: "usr_none" }));
});
