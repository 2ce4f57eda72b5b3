import assert from "node:assert/strict";
import type { AnySql, Database } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { keyCaller, userCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { countLockedOut, resealDataKeys } from "./data_keys.ts";
import { listSecrets } from "./list_secrets.ts";
import { MasterKeys } from "./master_keys.ts";
import { SEAL_KEY_BYTES } from "./sealed_box.ts";
import { SecretReader } from "./secret_reader.ts";
import type { SecretPlace } from "./secret_record.ts";
import { removeSecret, storeSecret } from "./store_secret.ts";

const ALICE = userCaller();
const BOB = userCaller({ tenant: "ten_b" });
const MINE = { tenant: "ten_a", collectionId: null };
const THEIRS = { tenant: "ten_b", collectionId: null };

function randomKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SEAL_KEY_BYTES));
}

const [OLD, NEW] = [randomKey(), randomKey()];
const masterKeys = new MasterKeys({ current: OLD, previous: undefined });

interface Stored {
  readonly value: string;
  readonly name?: string;
  readonly collectionId?: string;
  readonly keys?: MasterKeys;
}

function store(db: Database, caller: Caller, stored: Stored) {
  const { value, name = "TOKEN", collectionId = null, keys = masterKeys } = stored;
  return db.sql.begin((tx: AnySql) =>
    storeSecret(tx, { caller, requestId: null }, { name, value, collectionId, masterKeys: keys })
  );
}

function readerOf(db: Database, keys = masterKeys) {
  return new SecretReader({ sql: db.sql, masterKeys: keys, onFailure: () => {} });
}

/** The wanted secrets, opened. */
async function environmentOf(
  reader: SecretReader,
  { places, names }: { places: readonly SecretPlace[]; names: readonly string[] },
): Promise<Record<string, string>> {
  const sealed = await reader.sealedIn(places);
  return Object.fromEntries(names.flatMap((name) => {
    const open = sealed.get(name);
    return open === undefined ? [] : [[name, open()]];
  }));
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
  "secrets are sealed, and open nowhere but in their place",
  async (db, t) => {
    const { sql } = db;
    const secret = await store(db, ALICE, { value: "alice's own" });
    await store(db, ALICE, { value: "not asked for", name: "OTHER" });
    await store(db, ALICE, { value: "of the collection", collectionId: "col_1" });
    await store(db, BOB, { value: "bob's own" });

    await t.step("storeSecret() leaves nothing readable anywhere in the database", async () => {
      const [row] = await sql`
      select (select string_agg(to_jsonb(s)::text || encode(sealed, 'escape'), '') from secret s)
        || (select string_agg(to_jsonb(k)::text, '') from secret_data_key k)
        || (select string_agg(to_jsonb(a)::text, '') from audit_log a) as everything`;
      for (const value of ["s own", "not asked", "of the coll"]) {
        assert.ok(!String(row?.everything).includes(value), value);
      }
    });
    await t.step(
      "SecretReader.sealedIn() finds what is kept, nearest first",
      async () => {
        const reader = readerOf(db);
        const collection = { tenant: "ten_a", collectionId: "col_1" };
        assert.deepEqual(
          await environmentOf(reader, { places: [MINE], names: ["TOKEN", "NONE"] }),
          {
            TOKEN: "alice's own",
          },
        );
        const both = { places: [MINE, collection], names: ["TOKEN", "OTHER"] };
        assert.deepEqual(await environmentOf(reader, both), {
          TOKEN: "of the collection",
          OTHER: "not asked for",
        });
        const odd = { places: [MINE], names: ["__proto__", "constructor", "hasOwnProperty"] };
        assert.deepEqual(await environmentOf(reader, odd), {});
      },
    );
    await t.step("listSecrets() shows names, each account its own, and no value", async () => {
      const shown = await listSecrets(sql, ALICE, { limit: 10 });
      assert.deepEqual(shown.map(({ name }) => name), ["OTHER", "TOKEN", "TOKEN"]);
      assert.ok(!JSON.stringify(shown).includes("s own"));
      const next = await listSecrets(sql, ALICE, { limit: 10, after: shown[0]!.id });
      assert.deepEqual(next, shown.slice(1));
      assert.equal((await listSecrets(sql, BOB, { limit: 10 })).length, 1);
      assert.deepEqual(await listSecrets(sql, BOB, { limit: 10, after: secret.id }), []);
    });
    await t.step("keys and strangers neither store nor remove", async () => {
      const remove = (caller: Caller) =>
        sql.begin((tx: AnySql) => removeSecret(tx, { caller, requestId: null }, { id: secret.id }));
      assert.equal(await codeOf(remove(BOB)), "not_found");
      assert.equal(await codeOf(remove(keyCaller())), "permission_denied");
      assert.equal(await codeOf(store(db, keyCaller(), { value: "x" })), "permission_denied");
    });
    await t.step("a sealed value that was moved to another row does not open", async () => {
      const moves = [
        { from: { owner: "ten_b", name: "TOKEN" }, to: { owner: "ten_a", name: "TOKEN" } },
        { from: { owner: "ten_a", name: "OTHER" }, to: { owner: "ten_a", name: "TOKEN" } },
      ];
      for (const { from, to } of moves) {
        await assert.rejects(
          sql.begin(async (tx) => {
            const { count } = await tx`
          update secret set sealed = (select sealed from secret
            where owner_id = ${from.owner} and name = ${from.name} and collection_id is null)
          where owner_id = ${to.owner} and name = ${to.name} and collection_id is null`;
            assert.equal(count, 1);
            const reader = new SecretReader({ sql: tx, masterKeys, onFailure: () => {} });
            const wanted = { places: [MINE], names: ["TOKEN"] };
            assert.equal(await codeOf(environmentOf(reader, wanted)), "internal");
            // The key of the other account does not open either: it is bound to its own.
            await tx`update secret_data_key mine set sealed = theirs.sealed from secret_data_key theirs
          where mine.owner_id = 'ten_a' and theirs.owner_id = 'ten_b'`;
            const again = new SecretReader({ sql: tx, masterKeys, onFailure: () => {} });
            assert.equal(await codeOf(environmentOf(again, wanted)), "internal");
            throw new RangeError("take it back");
          }),
          RangeError,
        );
      }
    });
    await t.step("resealDataKeys() moves all to the new master key, and values stay", async () => {
      const both = new MasterKeys({ current: NEW, previous: OLD });
      const actor = { caller: ALICE, requestId: null };
      const onlyNew = new MasterKeys({ current: NEW, previous: undefined });
      const wanted = { places: [MINE, THEIRS], names: ["OTHER"] };
      assert.equal(
        await codeOf(environmentOf(readerOf(db, onlyNew), wanted)),
        "precondition_failed",
      );
      assert.equal(await codeOf(resealDataKeys(sql, onlyNew, { actor })), "precondition_failed");
      assert.equal(await countLockedOut(sql, onlyNew), 2);
      assert.equal(await countLockedOut(sql, both), 0);
      assert.equal(await resealDataKeys(sql, both, { actor }), 2);
      assert.equal(await resealDataKeys(sql, both, { actor }), 0);
      const lines = await sql`select details from audit_log where action = 'master_key.rotated'`;
      assert.deepEqual(lines.map(({ details }) => details), [{ sealed: 2 }]);
      assert.deepEqual(await environmentOf(readerOf(db, onlyNew), wanted), {
        OTHER: "not asked for",
      });
      assert.equal(await codeOf(environmentOf(readerOf(db), wanted)), "precondition_failed");
    });
    await t.step("without a master key storing is refused with what to do", async () => {
      const none = new MasterKeys({ current: undefined, previous: undefined });
      await assert.rejects(store(db, userCaller({ tenant: "ten_c" }), { value: "x", keys: none }), {
        code: "precondition_failed",
        suggestion: /AIRLOCK_MASTER_KEY/,
      });
    });
    await t.step(
      "storeSecret() refuses bad names and sizes without repeating the value",
      async () => {
        const keys = new MasterKeys({ current: NEW, previous: undefined });
        const attempts: Stored[] = [
          ...["", "1A", "A-B", "A B", "Ä", "A".repeat(129), "A\n"].map((name) => ({
            name,
            value: "hush",
          })),
          { value: "" },
          { value: "hush\0" },
          { value: "hush".repeat(5_000) },
        ];
        for (const attempt of attempts) {
          await assert.rejects(store(db, ALICE, { ...attempt, keys }), (error) => {
            assert.ok(error instanceof AirlockError);
            assert.ok(["invalid_input", "payload_too_large"].includes(error.code));
            assert.ok(
              !JSON.stringify([error.message, error.details, error.stack]).includes("hush"),
            );
            return true;
          });
        }
      },
    );
    await t.step("SecretReader.forget() lets a change count at once", async () => {
      const keys = new MasterKeys({ current: NEW, previous: undefined });
      const reader = readerOf(db, keys);
      const wanted = { places: [MINE], names: ["TOKEN"] };
      assert.deepEqual(await environmentOf(reader, wanted), { TOKEN: "alice's own" });
      await store(db, ALICE, { value: "changed", keys });
      reader.forget(MINE);
      assert.deepEqual(await environmentOf(reader, wanted), { TOKEN: "changed" });
    });
  },
);
