import assert from "node:assert/strict";
import { callWorld } from "../../tests/support/call_world.ts";

Deno.test("checkLock() runs what the caller expects, and says so", async () => {
  const result = await callWorld().call({ lockHash: "lock" });
  assert.ok(result.success, JSON.stringify(result));
  assert.equal(result.meta.lockHash, "lock");
  const free = await callWorld({ fingerprint: () => assert.fail("nobody asked") }).call();
  assert.deepEqual([free.success, free.meta.lockHash], [true, undefined]);
});

Deno.test("attack: checkLock() runs nothing else under the same version", async () => {
  const world = callWorld();
  const result = await world.call({ lockHash: "another" });
  assert.ok(!result.success);
  assert.deepEqual([result.code, result.details?.part, result.meta.lockHash], [
    ...["quarantined", "lock", "lock"],
  ]);
  assert.ok(!world.steps.includes("acquire") && !world.steps.includes("egress"));
});
