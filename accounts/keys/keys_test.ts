import assert from "node:assert/strict";
import type { AnySql, Database } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { keyCaller, userCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { listAudit } from "../audit/list_audit.ts";
import { revokeKey, rotateKey } from "./change_key.ts";
import { createKey, type KeyWish, MAX_KEYS_PER_ACCOUNT } from "./create_key.ts";
import { keyState } from "./key_record.ts";
import { findKey, listKeys, readKey } from "./read_keys.ts";
import { writeKeyUses } from "./write_key_uses.ts";

const WISH: KeyWish = {
  name: "laptop",
  scopes: ["tools:read", "tools:execute"],
  collections: null,
  ceiling: { limits: { timeoutMs: 1_000 } },
  expiresAt: null,
};
const ALICE = userCaller();
const BOB = userCaller({ tenant: "ten_b" });

function within<T>(db: Database, change: (tx: AnySql) => Promise<T>) {
  return db.sql.begin((tx) => change(tx));
}

function by(caller: Caller) {
  return { caller, requestId: "req-1" };
}

async function codeOf(change: Promise<unknown>): Promise<string> {
  try {
    await change;
    return "done";
  } catch (error) {
    assert.ok(error instanceof AirlockError, String(error));
    return error.code;
  }
}

testDatabase(
  "keys are made, shown, rotated and revoked, each change with its line",
  async (db, t) => {
    const made = await within(db, (tx) => createKey(tx, by(ALICE), WISH));
    await t.step("createKey() stores a hash, not the key", async () => {
      const [text] = await db.sql`select to_jsonb(api_key)::text as text from api_key`;
      assert.ok(!String(text?.text).includes(made.token));
      assert.ok(!String(text?.text).includes(made.token.slice(-43)));
      const row = await readKey(db.sql, made.row.id);
      assert.deepEqual(row?.scopes, WISH.scopes);
      assert.deepEqual(row?.ceiling, WISH.ceiling);
      assert.equal(row?.owner_id, "ten_a");
    });
    await t.step("listKeys() pages newest first, each account its own", async () => {
      for (const name of ["second", "third"]) {
        await within(db, (tx) => createKey(tx, by(ALICE), { ...WISH, name }));
      }
      const names: string[] = [];
      let after: string | undefined;
      for (let page = 0; page < 4; page++) {
        const rows = await listKeys(db.sql, ALICE, { limit: 1, after });
        names.push(...rows.map(({ name }) => name));
        after = rows.at(-1)?.id ?? after;
      }
      assert.deepEqual(names, ["third", "second", "laptop"]);
      assert.deepEqual(await listKeys(db.sql, BOB, { limit: 10 }), []);
      assert.deepEqual(await listKeys(db.sql, BOB, { limit: 10, after: made.row.id }), []);
    });
    await t.step("another account's keys are not there", async () => {
      const { id } = made.row;
      assert.equal(await codeOf(findKey(db.sql, BOB, { id })), "not_found");
      assert.equal(await codeOf(within(db, (tx) => revokeKey(tx, by(BOB), { id }))), "not_found");
      const rotation = { id, overlapMs: 0 };
      assert.equal(await codeOf(within(db, (tx) => rotateKey(tx, by(BOB), rotation))), "not_found");
      assert.equal(
        await codeOf(within(db, (tx) => revokeKey(tx, by(keyCaller()), { id }))),
        "permission_denied",
      );
      assert.equal((await findKey(db.sql, ALICE, { id })).revoked_at, null);
    });
    await t.step(
      "rotateKey() makes one successor, and lets the old key go on for a time",
      async () => {
        const rotation = { id: made.row.id, overlapMs: 60_000 };
        const attempts = await Promise.all(
          [0, 1, 2].map(() => codeOf(within(db, (tx) => rotateKey(tx, by(ALICE), rotation)))),
        );
        assert.deepEqual(attempts.sort(), ["conflict", "conflict", "done"]);
        const old = await findKey(db.sql, ALICE, { id: made.row.id });
        assert.equal(keyState(old, new Date()), "active");
        assert.equal(keyState(old, new Date(Date.now() + 120_000)), "expired");
        const successor = await findKey(db.sql, ALICE, { id: old.replaced_by ?? "" });
        assert.deepEqual(successor.scopes, old.scopes);
        assert.equal(successor.expires_at, null);
      },
    );
    await t.step("revokeKey() ends a key once", async () => {
      const first = await within(db, (tx) => revokeKey(tx, by(ALICE), { id: made.row.id }));
      const second = await within(db, (tx) => revokeKey(tx, by(ALICE), { id: made.row.id }));
      assert.deepEqual(first.revoked_at, second.revoked_at);
      assert.equal(keyState(second, new Date()), "revoked");
    });
    await t.step("the audit log tells of all of it, to that account only", async () => {
      const lines = await listAudit(db.sql, ALICE, { limit: 50 });
      assert.deepEqual(lines.map(({ action }) => action), [
        ...["key.revoked", "key.rotated", "key.created", "key.created", "key.created"],
      ]);
      assert.equal(lines[0]?.requestId, "req-1");
      assert.deepEqual(
        (await listAudit(db.sql, ALICE, { limit: 1, after: lines[0]!.id }))[0],
        lines[1],
      );
      assert.deepEqual(await listAudit(db.sql, BOB, { limit: 50 }), []);
    });
    await t.step("writeKeyUses() never goes back in time", async () => {
      const [later, earlier] = [new Date(), new Date(Date.now() - 60_000)];
      await writeKeyUses(db.sql, new Map([[made.row.id, later], ["key_gone", later]]));
      await writeKeyUses(db.sql, new Map([[made.row.id, earlier]]));
      assert.deepEqual((await readKey(db.sql, made.row.id))?.last_used_at, later);
    });
  },
);

testDatabase("createKey() gives no more than its maker has", async (db) => {
  const make = (caller: Caller, more: Partial<KeyWish> = {}) =>
    within(db, (tx) => createKey(tx, by(caller), { ...WISH, ...more }));
  assert.equal(await codeOf(make(ALICE, { scopes: ["admin"] })), "permission_denied");
  const past = new Date(Date.now() - 1);
  assert.equal(await codeOf(make(ALICE, { expiresAt: past })), "invalid_input");
  const narrow = userCaller({
    ceiling: { limits: { timeoutMs: 500 }, runtimes: ["quickjs"] },
    collections: ["col_1"],
  });
  const { row } = await make(narrow, { collections: ["col_1", "col_2"] });
  assert.deepEqual(row.ceiling, { limits: { timeoutMs: 500 }, runtimes: ["quickjs"] });
  assert.deepEqual(row.collections, ["col_1"]);
  assert.deepEqual((await make(narrow)).row.collections, ["col_1"]);
  await db.sql`
    insert into api_key (id, owner_id, name, secret_hash, hint, scopes)
    select 'key_' || n, 'ten_full', 'n', ${new Uint8Array(32)}, '', '{}'
    from generate_series(1, ${MAX_KEYS_PER_ACCOUNT}) as n`;
  assert.equal(await codeOf(make(userCaller({ tenant: "ten_full" }))), "resource_limit");
  const lines = await listAudit(db.sql, userCaller({ tenant: "ten_full" }), { limit: 5 });
  assert.deepEqual(lines, []);
});
