import assert from "node:assert/strict";
import { PurgeClock } from "./purge_clock.ts";

Deno.test("PurgeClock has purged again and again, also after a failure", async () => {
  let purges = 0;
  const failures: unknown[] = [];
  const enough = Promise.withResolvers<void>();
  await using _clock = new PurgeClock({
    purge: () => {
      if (++purges === 3) enough.resolve();
      return purges === 1 ? Promise.reject(new Error("away")) : Promise.resolve(0);
    },
    onFailure: (error) => failures.push(error),
    ...{ firstMs: 1, everyMs: 1 },
  });
  await enough.promise;
  assert.equal(failures.length, 1);
});

Deno.test("PurgeClock ends with what is under way, and tells it to stop", async () => {
  let ended = false;
  const begun = Promise.withResolvers<void>();
  const clock = new PurgeClock({
    purge: (signal) => {
      begun.resolve();
      return new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => setTimeout(resolve, 10), { once: true });
      }).then(() => ended = true);
    },
    onFailure: () => {},
    firstMs: 1,
  });
  await begun.promise;
  await clock[Symbol.asyncDispose]();
  assert.ok(ended);
});
