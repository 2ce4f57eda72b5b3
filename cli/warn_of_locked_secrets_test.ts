import assert from "node:assert/strict";
import { MasterKeys } from "../accounts/secrets/master_keys.ts";
import { storeSecret } from "../accounts/secrets/store_secret.ts";
import { configureLogging } from "../gateway/configure_logging.ts";
import type { AnySql } from "../registry/database/database.ts";
import { ownerCaller } from "../tests/support/callers.ts";
import { openSharedDatabase } from "../tests/support/test_database.ts";
import { warnOfLockedSecrets } from "./warn_of_locked_secrets.ts";

function keysOf(current: number, previous?: number): MasterKeys {
  const key = (byte: number | undefined) =>
    byte === undefined ? undefined : new Uint8Array(32).fill(byte);
  return new MasterKeys({ current: key(current), previous: key(previous) });
}

Deno.test("warnOfLockedSecrets() says at start that another master key is needed, and what to do", async () => {
  await using database = await openSharedDatabase();
  const { sql } = database;
  const actor = { caller: ownerCaller(), requestId: null };
  const wish = { name: "TOKEN", value: "hush-hush", collectionId: null, masterKeys: keysOf(1) };
  await sql.begin((tx: AnySql) => storeSecret(tx, actor, wish));
  const told = async (masterKeys: MasterKeys) => {
    let text = "";
    await using _logging = await configureLogging({
      ...{ level: "info", format: "json" },
      write: (line) => void (text += line),
    });
    await warnOfLockedSecrets({ sql, masterKeys }, {});
    return () => text;
  };
  assert.equal((await told(keysOf(1)))(), "");
  assert.equal((await told(keysOf(2, 1)))(), "");
  const text = (await told(keysOf(2)))();
  assert.match(text, /secrets of 1 accounts .*AIRLOCK_MASTER_KEY_PREVIOUS/);
});
