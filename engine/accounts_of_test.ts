import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";
import { accountsOf, peopleOf } from "./accounts_of.ts";
import { keptAuthSecret } from "./kept_auth_secret.ts";

const URL_HERE = "http://127.0.0.1:8787";
const HERE = { url: () => URL_HERE };
const HEX = "ab".repeat(32);

Deno.test("accountsOf() trusts the machine only where nobody else can come through", () => {
  const trusts = (env: Record<string, string>) => accountsOf(loadConfig(env), HERE).trustsMachine;
  assert.equal(trusts({}), true);
  assert.equal(trusts({ AIRLOCK_PUBLIC_URL: "http://localhost:9000" }), true);
  assert.equal(trusts({ AIRLOCK_PUBLIC_URL: "https://airlock.example" }), false);
  assert.equal(trusts({ AIRLOCK_HOST: "0.0.0.0", AIRLOCK_API_KEY: "key" }), false);
});

Deno.test("accountsOf() reads master keys in base64 and hex", () => {
  const base64 = Uint8Array.fromHex(HEX).toBase64();
  const config = loadConfig({ AIRLOCK_MASTER_KEY: HEX, AIRLOCK_MASTER_KEY_PREVIOUS: base64 });
  const { masterKeys } = accountsOf(config, HERE);
  assert.deepEqual(masterKeys.current, Uint8Array.fromHex(HEX));
  assert.deepEqual(masterKeys.previous, masterKeys.current);
  for (const wrong of ["short", "zz".repeat(32), HEX.slice(1), `${base64}A`]) {
    assert.throws(() => loadConfig({ AIRLOCK_MASTER_KEY: wrong }), (error) => {
      assert.ok(error instanceof Error && !error.message.includes(wrong));
      return true;
    });
  }
});

Deno.test("peopleOf() signs with what is configured, else derived, else kept", async () => {
  const directory = await Deno.makeTempDir();
  const secretOf = async (env: Record<string, string>) =>
    (await peopleOf(loadConfig({ AIRLOCK_DATA_DIR: directory, ...env }), { url: URL_HERE })).secret;
  const own = "s".repeat(32);
  assert.equal(await secretOf({ AIRLOCK_AUTH_SECRET: own, AIRLOCK_MASTER_KEY: HEX }), own);
  const derived = await secretOf({ AIRLOCK_MASTER_KEY: HEX });
  assert.equal(derived, await secretOf({ AIRLOCK_MASTER_KEY: HEX }));
  assert.ok(!derived.includes(HEX) && derived.length >= 32);
  assert.equal(await secretOf({}), await secretOf({}));
  await Deno.remove(directory, { recursive: true });
});

Deno.test("keptAuthSecret() makes one secret that only its owner reads", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/deep/auth_secret`;
  const secrets = await Promise.all([0, 1, 2, 3].map(() => keptAuthSecret(path)));
  assert.equal(new Set(secrets).size, 1);
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  assert.deepEqual([...Deno.readDirSync(`${directory}/deep`)].map(({ name }) => name), [
    "auth_secret",
  ]);
  await Deno.remove(directory, { recursive: true });
});
