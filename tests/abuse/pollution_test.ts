import assert from "node:assert/strict";
import { ONE_LEVEL, testAttacks } from "../support/run_attacks.ts";
import { ODD_KEYS, POLLUTION_ATTACKS } from "./attacks/pollution_attacks.ts";

await testAttacks("ruined realms", POLLUTION_ATTACKS, ONE_LEVEL);
await testAttacks("keys that are names of the language", ODD_KEYS, ONE_LEVEL);

Deno.test("the host's own prototypes are as they were", () => {
  assert.deepEqual(Reflect.ownKeys({}), []);
  assert.equal(Reflect.get({}, "polluted"), undefined);
});
