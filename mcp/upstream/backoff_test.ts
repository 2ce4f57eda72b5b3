import assert from "node:assert/strict";
import { Backoff } from "./backoff.ts";

Deno.test("Backoff waits longer after each failure in a row, up to a bound, and not after a success", () => {
  let now = 1_000;
  const backoff = new Backoff({
    limits: { backoffMs: 100, maxBackoffMs: 1_000 },
    nowMs: () => now,
    random: () => 0,
  });
  assert.equal(backoff.waitMs("a"), 0);
  const waits: number[] = [];
  for (let time = 0; time < 6; time++) {
    backoff.failed("a");
    waits.push(backoff.waitMs("a"));
    now += waits.at(-1)!;
    assert.equal(backoff.waitMs("a"), 0);
  }
  assert.deepEqual(waits, [50, 100, 200, 400, 500, 500]);
  assert.equal(backoff.waitMs("b"), 0);
  backoff.succeeded("a");
  backoff.failed("a");
  assert.equal(backoff.waitMs("a"), 50);
});

Deno.test("Backoff forgets what failed longest ago", () => {
  const options = {
    limits: { backoffMs: 100, maxBackoffMs: 100 },
    nowMs: () => 0,
    random: () => 0,
  };
  const backoff = new Backoff(options);
  for (let key = 0; key <= 1_000; key++) backoff.failed(String(key));
  assert.equal(backoff.waitMs("0"), 0);
  assert.equal(backoff.waitMs("1000"), 50);
});
