import assert from "node:assert/strict";
import { testAttacks } from "../support/run_attacks.ts";
import { ODD_KEYS, POLLUTION_ATTACKS } from "./attacks/pollution_attacks.ts";

await testAttacks("ruined realms", POLLUTION_ATTACKS);
await testAttacks("keys that are names of the language", ODD_KEYS);

Deno.test("the host's own prototypes are as they were", () => {
  assert.deepEqual(Reflect.ownKeys({}), []);
  assert.equal(Reflect.get({}, "polluted"), undefined);
});
