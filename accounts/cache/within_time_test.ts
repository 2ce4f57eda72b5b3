import assert from "node:assert/strict";
import { TookTooLong, withinTime } from "./within_time.ts";

Deno.test("withinTime() passes on what comes in time", async () => {
  assert.equal(await withinTime(Promise.resolve(3), 10_000), 3);
  await assert.rejects(withinTime(Promise.reject(new RangeError("no")), 10_000), RangeError);
});

Deno.test("withinTime() gives up on what does not, and on its late failure", async () => {
  const late = Promise.withResolvers<void>();
  await assert.rejects(withinTime(late.promise, 5), TookTooLong);
  late.reject(new Error("nobody hears this"));
  await assert.rejects(late.promise);
});
