import assert from "node:assert/strict";
import type { RateStore, RateTake } from "../../spec/rate_limit.ts";
import { guardRateStore, type WhenStoreIsDown } from "./guarded_rate_store.ts";

const LIMIT = { limit: 3, windowMs: 60_000 };
const TAKE: RateTake = { allowed: true, remaining: 2, resetMs: 5 };

function guarded(take: RateStore["take"], whenDown: WhenStoreIsDown) {
  const failures: unknown[] = [];
  const clock = { nowMs: 0 };
  const store = guardRateStore({ take, [Symbol.asyncDispose]: () => Promise.resolve() }, {
    ...{ whenDown, timeoutMs: 20, restMs: 1000 },
    nowMs: () => clock.nowMs,
    onFailure: (error) => failures.push(error),
  });
  return { store, failures, clock };
}

Deno.test("guardRateStore() hands on what the store says", async () => {
  const { store, failures } = guarded(() => Promise.resolve(TAKE), "closed");
  assert.deepEqual(await store.take("a", LIMIT), TAKE);
  assert.equal(store.isWell, true);
  assert.deepEqual(failures, []);
});

for (const [whenDown, allowed] of [["open", true], ["closed", false]] as const) {
  Deno.test(`guardRateStore() fails ${whenDown}, tells of it once, and comes back`, async () => {
    let asked = 0;
    let isDown = true;
    const { store, failures, clock } = guarded(() => {
      asked += 1;
      return isDown ? Promise.reject(new Error("down")) : Promise.resolve(TAKE);
    }, whenDown);
    for (let n = 0; n < 5; n++) {
      const take = await store.take("a", LIMIT);
      assert.equal(take.allowed, allowed);
      assert.ok(take.resetMs > 0);
    }
    assert.equal(asked, 1, "a store that is down is left alone for a moment");
    assert.equal(store.isWell, false);
    clock.nowMs = 1000;
    await store.take("a", LIMIT);
    assert.equal(failures.length, 1);
    isDown = false;
    clock.nowMs = 2000;
    assert.deepEqual(await store.take("a", LIMIT), TAKE);
    assert.equal(store.isWell, true);
  });
}

Deno.test("guardRateStore() does not wait long for a store that does not answer", async () => {
  const { store, failures } = guarded(() => new Promise(() => {}), "open");
  assert.equal((await store.take("a", LIMIT)).allowed, true);
  assert.equal(failures.length, 1);
});
