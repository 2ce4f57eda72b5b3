import assert from "node:assert/strict";
import { openDatabase } from "./open_database.ts";

/** Longest time that timers of this thread came late while something ran. */
async function stallMs(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 2);
  await work();
  clearInterval(timer);
  return Math.max(longestMs, performance.now() - lastMs);
}

Deno.test("PgliteThread() computes beside the event loop", async () => {
  await using database = await openDatabase({ url: undefined, directory: undefined });
  await database.sql`select 1`;
  let tookMs = 0;
  const stalledMs = await stallMs(async () => {
    const startedMs = performance.now();
    await database.sql`select sum(i) from generate_series(1, 3000000) i`;
    tookMs = performance.now() - startedMs;
  });
  // On the event loop the two would be equal.
  assert(stalledMs < tookMs / 2, `stalled for ${stalledMs} ms of ${tookMs} ms`);
});
