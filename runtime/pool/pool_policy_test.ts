import assert from "node:assert/strict";
import { poolPolicy } from "./pool_policy.ts";
import { NEED } from "./testing/pool_fixture.ts";

Deno.test("poolPolicy() derives bounds from the number of sandboxes", () => {
  const policy = poolPolicy({ maxSandboxes: 16, blankNeed: NEED });
  assert.deepEqual([policy.perKeyMax, policy.perTenantMax, policy.blankTarget], [8, 14, 4]);
  const single = poolPolicy({ maxSandboxes: 1, blankNeed: NEED, blankTarget: 5 });
  assert.deepEqual([single.perKeyMax, single.perTenantMax, single.blankTarget], [1, 1, 0]);
});

Deno.test("poolPolicy() refuses bounds that are not usable numbers", () => {
  for (const bad of [{ maxUses: 0 }, { queueLimit: -1 }, { idleMs: NaN }, { maxSandboxes: 0 }]) {
    assert.throws(() => poolPolicy({ maxSandboxes: 4, blankNeed: NEED, ...bad }), RangeError);
  }
});
