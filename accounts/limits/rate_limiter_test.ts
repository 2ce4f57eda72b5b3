import assert from "node:assert/strict";
import {
  anonymousCaller,
  keyCaller,
  ownerCaller,
  userCaller,
} from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import type { Caller } from "../../spec/account.ts";
import { createMemoryRateStore } from "./memory_rate_store.ts";
import { rateLimited, RateLimiter } from "./rate_limiter.ts";
import { readTierLimits } from "./read_tier_limits.ts";
import { DEFAULT_TIER_LIMITS } from "./tier_limits.ts";

const EXECUTE = { rateClass: "execute", address: () => "192.0.2.1" } as const;

function limiter(): RateLimiter {
  const store = createMemoryRateStore({ nowMs: () => 0 });
  return new RateLimiter({ store, tiers: () => DEFAULT_TIER_LIMITS });
}

async function remaining(of: RateLimiter, caller: Caller, request = EXECUTE) {
  return (await of.take(caller, request))?.remaining;
}

Deno.test("RateLimiter counts all keys of an account together, by its tier", async () => {
  const of = limiter();
  assert.equal(await remaining(of, keyCaller({ keyId: "k1" })), 59);
  assert.equal(await remaining(of, keyCaller({ keyId: "k2" })), 58);
  assert.equal(await remaining(of, userCaller()), 57);
  assert.equal(await remaining(of, keyCaller({ tenant: "ten_b" })), 59);
  assert.equal(await remaining(of, keyCaller({ tenant: "ten_c", tier: "PRO" })), 599);
  assert.equal((await of.take(userCaller(), { ...EXECUTE, rateClass: "read" }))?.remaining, 299);
});

function ratesOf(limit: number, replaceTier: boolean, countedAs = "key_a"): Partial<Caller> {
  return { rates: { limits: { execute: { limit, windowMs: 60_000 } }, replaceTier, countedAs } };
}

Deno.test("RateLimiter counts a key by itself whose limits an admin set", async () => {
  const of = limiter();
  const key = keyCaller(ratesOf(2, true));
  assert.equal(await remaining(of, key), 1);
  assert.equal(await remaining(of, keyCaller()), 59);
  assert.equal(await remaining(of, key), 0);
  const last = await of.take(key, EXECUTE);
  assert.equal(last?.allowed, false);
  const error = rateLimited("execute", last!);
  assert.equal(error.code, "rate_limited");
  assert.equal(error.retryAfterMs, Math.ceil(last!.resetMs));
  assert.equal(await remaining(of, keyCaller(ratesOf(1_000, true, "key_b"))), 999);
});

Deno.test("RateLimiter counts a key with lower limits with its account as well", async () => {
  const of = limiter();
  const low = keyCaller(ratesOf(2, false));
  for (const left of [1, 0]) assert.equal(await remaining(of, low), left);
  for (let refused = 0; refused < 5; refused++) {
    assert.equal((await of.take(low, EXECUTE))?.allowed, false);
  }
  // What the key's own limit refused is not taken from the others.
  assert.equal(await remaining(of, keyCaller()), 57);
  // Many keys with limits of their own give an account no more than its tier does.
  let passed = 3;
  for (let key = 0; key < 10; key++) {
    for (let call = 0; call < 20; call++) {
      const taken = await of.take(keyCaller(ratesOf(20, false, `key_${key}`)), EXECUTE);
      if (taken?.allowed) passed += 1;
    }
  }
  assert.equal(passed, 60);
});

Deno.test("RateLimiter counts a key with those it follows by rotation", async () => {
  const of = limiter();
  assert.equal(await remaining(of, keyCaller({ keyId: "key_a", ...ratesOf(2, true) })), 1);
  assert.equal(await remaining(of, keyCaller({ keyId: "key_next", ...ratesOf(2, true) })), 0);
});

Deno.test("RateLimiter tells unknown callers apart by their address, and lets the owner be", async () => {
  const of = limiter();
  const there = { ...EXECUTE, address: () => "192.0.2.2" } as const;
  assert.equal(await remaining(of, anonymousCaller()), 59);
  assert.equal((await of.take(anonymousCaller(), there))?.remaining, 59);
  assert.equal(await remaining(of, anonymousCaller()), 58);
  assert.equal(of.take(ownerCaller(), EXECUTE), null);
});

testDatabase("readTierLimits() puts the table before the default", async (db) => {
  assert.deepEqual(await readTierLimits(db.sql), DEFAULT_TIER_LIMITS);
  await db.sql`insert into tier_limit values ('FREE', 'execute', 5, 1000)`;
  const limits = await readTierLimits(db.sql);
  assert.deepEqual(limits.FREE.execute, { limit: 5, windowMs: 1000 });
  assert.deepEqual(limits.PRO, DEFAULT_TIER_LIMITS.PRO);
  assert.deepEqual(limits.FREE.read, DEFAULT_TIER_LIMITS.FREE.read);
});
