import assert from "node:assert/strict";
import { CircuitBreaker } from "./circuit_breaker.ts";

const POLICY = { failures: 3, openMs: 1000 };

function openedAt(clock: { nowMs: number }): CircuitBreaker {
  const breaker = new CircuitBreaker(POLICY, () => clock.nowMs);
  for (let n = 0; n < POLICY.failures; n++) {
    assert.equal(breaker.admit(), null);
    breaker.settle(false);
  }
  return breaker;
}

Deno.test("CircuitBreaker opens after failures in a row, and says how long it stays so", () => {
  const clock = { nowMs: 50 };
  const breaker = openedAt(clock);
  assert.equal(breaker.admit(), 1000);
  clock.nowMs += 400;
  assert.equal(breaker.admit(), 600);
});

Deno.test("CircuitBreaker counts only failures that follow one another", () => {
  const breaker = new CircuitBreaker(POLICY, () => 0);
  for (const wentWell of [false, false, true, false, false, null, true, false, false]) {
    assert.equal(breaker.admit(), null);
    breaker.settle(wentWell);
  }
  assert.equal(breaker.admit(), null);
});

Deno.test("CircuitBreaker lets one call try, and closes when it goes well", () => {
  const clock = { nowMs: 0 };
  const breaker = openedAt(clock);
  clock.nowMs = 1000;
  assert.equal(breaker.admit(), null);
  assert.equal(breaker.admit(), 1000, "a second one went beside the first");
  breaker.settle(false);
  assert.equal(breaker.admit(), 1000, "a failed try did not open it again");
  clock.nowMs = 2000;
  assert.equal(breaker.admit(), null);
  breaker.settle(true);
  assert.equal(breaker.admit(), null);
  assert.equal(breaker.admit(), null);
});

Deno.test("CircuitBreaker lets another call try when the one that tried was given up", () => {
  const clock = { nowMs: 0 };
  const breaker = openedAt(clock);
  clock.nowMs = 1000;
  assert.equal(breaker.admit(), null);
  breaker.settle(null);
  assert.equal(breaker.admit(), null);
});
