import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryDirectory } from "../../tests/support/sample_artifact.ts";
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

Deno.test("PgliteThread() bounds the log of what is written", async () => {
  await using temporary = await temporaryDirectory();
  await using database = await openDatabase({ url: undefined, directory: temporary.path });
  const { sql } = database;
  const logMiB = () => {
    const directory = join(temporary.path, "cluster", "pg_wal");
    return [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile)
      .reduce((sum, { name }) => sum + Deno.statSync(join(directory, name)).size, 0) / 2 ** 20;
  };
  await sql`create table filled (text text)`;
  await sql`
    insert into filled select string_agg(md5(random()::text), '')
    from generate_series(1, 40000) i, generate_series(1, 30) group by i`;
  assert(logMiB() > 36, `${logMiB()} MiB of log: too little to be bounded`);
  for (let query = 0; query < 300; query++) await sql`select 1`;
  assert(logMiB() < 36, `${logMiB()} MiB of log`);
  assert.equal((await sql`select count(*)::int as lines from filled`)[0]?.lines, 40_000);
});
