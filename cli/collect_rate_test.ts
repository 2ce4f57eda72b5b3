import assert from "node:assert/strict";
import { collectRate } from "./collect_rate.ts";

Deno.test("collectRate() adds limits of one class after the other", () => {
  const one = collectRate("execute=60/10s");
  assert.deepEqual(collectRate("read=5", one), {
    execute: { limit: 60, windowMs: 10_000 },
    read: { limit: 5, windowMs: 60_000 },
  });
});

Deno.test("collectRate() refuses what is no limit", () => {
  for (const text of ["", "execute", "execute=", "execute=-1", "execute=1.5/1m", "calls=1/1m"]) {
    assert.throws(() => collectRate(text), { code: "commander.invalidArgument" }, text);
  }
  for (const text of ["execute=1/0s", "execute=1/9000d", "execute=1/1ms", "toString=1/1m"]) {
    assert.throws(() => collectRate(text), { code: "commander.invalidArgument" }, text);
  }
});
