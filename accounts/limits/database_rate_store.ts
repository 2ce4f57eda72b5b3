import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import type { RateLimit, RateStore, RateTake } from "../../spec/rate_limit.ts";
import { takeFrom } from "./sliding_window.ts";

/** Of how many takes one removes rows that say nothing any more. */
const PURGE_EVERY = 1_000;

const takenRow = z.object({
  now_ms: z.number(),
  started_ms: z.number(),
  count: z.number(),
  previous: z.number(),
  allowed: z.boolean(),
});

/**
 * Counts in the database, for all nodes that share it. One statement for each take, under the lock of
 * its row and by the database's clock, so that no two nodes let the last one through.
 */
export function createDatabaseRateStore(
  sql: AnySql,
  { nowMs }: {
    /** Instead of the database's clock: for tests only. */
    readonly nowMs?: () => number;
  } = {},
): RateStore {
  let takes = 0;
  return {
    async take(key, limit) {
      takes += 1;
      if (takes % PURGE_EVERY === 0) {
        await sql`
          delete from rate_window
          where expires_ms < extract(epoch from clock_timestamp()) * 1000`;
      }
      return await takeOne(sql, { key, limit, atMs: nowMs?.() ?? null });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function takeOne(
  sql: AnySql,
  { key, limit: { limit, windowMs }, atMs }: {
    readonly key: string;
    readonly limit: RateLimit;
    readonly atMs: number | null;
  },
): Promise<RateTake> {
  // The method of `takeFrom`, in SQL: shift the windows, then count where there is room.
  // A statement that waited for another one's lock may bring an earlier time: the clock stands still.
  const [row] = await sql`
    with clock as (
      select coalesce(${atMs}::bigint,
        (extract(epoch from clock_timestamp()) * 1000)::bigint) as ms
    )
    insert into rate_window as known (key, started_ms, count, previous, allowed, expires_ms)
    select ${key}, ms - ms % ${windowMs}::bigint, case when ${limit}::int >= 1 then 1 else 0 end, 0,
      ${limit}::int >= 1, ms - ms % ${windowMs}::bigint + 2 * ${windowMs}::bigint
    from clock
    on conflict (key) do update set (started_ms, count, previous, allowed, expires_ms) = (
      select started, shifted.count + case when room then 1 else 0 end, shifted.previous, room,
        started + 2 * ${windowMs}::bigint
      from (select greatest(ms, known.started_ms) as at from clock) as now, lateral (
        select at - at % ${windowMs}::bigint as started
      ) as window_now, lateral (
        select case when known.started_ms = started then known.count else 0 end as count,
          case when known.started_ms = started then known.previous
            when known.started_ms = started - ${windowMs}::bigint then known.count
            else 0 end as previous
      ) as shifted, lateral (
        select shifted.previous * (1 - (at - started)::float8 / ${windowMs}::float8)
          + shifted.count + 1 <= ${limit}::int as room
      ) as judged
    )
    returning coalesce(${atMs}::bigint,
        (extract(epoch from clock_timestamp()) * 1000)::bigint)::float8 as now_ms,
      started_ms::float8 as started_ms, count, previous, allowed`;
  const taken = takenRow.parse(row);
  // What is left, and until when, follows from the counts as they were before this take.
  const before = taken.allowed ? { ...taken, count: taken.count - 1 } : taken;
  const { take } = takeFrom(
    { startedMs: before.started_ms, count: before.count, previous: before.previous },
    { limit, windowMs },
    { nowMs: Math.min(taken.now_ms, taken.started_ms + windowMs - 1) },
  );
  return { ...take, allowed: taken.allowed };
}
