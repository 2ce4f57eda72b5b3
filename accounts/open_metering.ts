import type { Database } from "../registry/database/database.ts";
import { AirlockError } from "../spec/errors.ts";
import { FreshCache, type FreshCacheBounds } from "./cache/fresh_cache.ts";
import { capConcurrency } from "./limits/cap_concurrency.ts";
import { createDatabaseRateStore } from "./limits/database_rate_store.ts";
import { guardRateStore, type WhenStoreIsDown } from "./limits/guarded_rate_store.ts";
import { createMemoryRateStore } from "./limits/memory_rate_store.ts";
import { createRedisRateStore } from "./limits/redis_rate_store.ts";
import { RateLimiter } from "./limits/rate_limiter.ts";
import { TierBook } from "./limits/tier_book.ts";
import type { Metering, RateStoreKind } from "./metering.ts";
import { isRowsFault } from "./usage/is_rows_fault.ts";
import { type LogSettings, readLogSettings } from "./usage/log_settings.ts";
import { PurgeClock } from "./usage/purge_clock.ts";
import { purgeCalls } from "./usage/purge_calls.ts";
import { recordUsage } from "./usage/record_usage.ts";
import { UsageWriter } from "./usage/usage_writer.ts";
import { writeUsage } from "./usage/write_usage.ts";

/** What metering is opened with. */
export interface OpenMeteringOptions {
  readonly database: Pick<Database, "sql" | "sleep">;
  readonly rateStore: RateStoreKind;
  /** Of Redis, with its credentials: needed where that is the store. */
  readonly redisUrl?: string;
  readonly whenStoreIsDown: WhenStoreIsDown;
  /** Told of what failed behind the scenes, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/** Bounds on remembering what accounts want of their logs. */
const SETTINGS_BOUNDS: FreshCacheBounds = {
  maxEntries: 10_000,
  maxAbsent: 1,
  freshMs: 5_000,
  staleMs: 60_000,
  readTimeoutMs: 500,
  maxReads: 16,
  retryMs: 1_000,
};

/** What may not be wanted is not kept. */
const UNKNOWN_SETTINGS: LogSettings = { keepParams: false };

/** Puts together what counts. Asks the database for nothing until something is to be counted. */
export function openMetering(options: OpenMeteringOptions): Metering {
  const { database: { sql, sleep }, onFailure } = options;
  const writer = new UsageWriter({
    write: (rows) => writeUsage(sql, rows),
    ...{ isRowsFault, onFailure },
  });
  const purges = new PurgeClock({
    purge: (signal) => purgeCalls(sql, { signal }),
    // What is old can wait for the next time that the database is needed.
    isAsleep: () => sleep?.isAsleep() ?? false,
    onFailure,
  });
  const shared = sharedStore(options);
  const guarded = shared &&
    guardRateStore(shared, { whenDown: options.whenStoreIsDown, onFailure });
  const store = guarded ?? createMemoryRateStore();
  const tiers = new TierBook({ sql, onFailure, nowMs: () => performance.now() });
  const settings = new FreshCache<LogSettings>({
    what: "log settings",
    read: (tenant) => readLogSettings(sql, tenant),
    bounds: SETTINGS_BOUNDS,
    nowMs: () => performance.now(),
    onFailure,
  });
  return {
    limiter: new RateLimiter({ store, tiers: () => tiers.limits() }),
    meter: (executor, refuse) =>
      recordUsage(capConcurrency(executor, refuse), (row) => writer.add(row)),
    async originOf({ tenant, userId, keyId }, via, { collectionId, agentId } = {}) {
      const { keepParams } = sleep?.isAsleep()
        ? UNKNOWN_SETTINGS
        : await settingsOf(settings, tenant);
      return {
        ...{ via, userId, keyId, keepParams },
        collectionId: collectionId ?? null,
        agentId: agentId ?? null,
      };
    },
    forgetTiers: () => tiers.forget(),
    forgetLogSettings: (tenant) => settings.drop(tenant),
    stats: () => ({
      usage: writer.stats,
      rateStore: {
        kind: options.rateStore,
        state: guarded?.isWell === false ? "down" : "ok",
        whenDown: options.whenStoreIsDown,
      },
    }),
    async [Symbol.asyncDispose]() {
      await purges[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The store that nodes share; `null` where each counts by itself. */
function sharedStore({ rateStore, redisUrl, database: { sql } }: OpenMeteringOptions) {
  switch (rateStore) {
    case "memory":
      return null;
    case "database":
      return createDatabaseRateStore(sql);
    case "redis":
      if (redisUrl !== undefined) return createRedisRateStore({ url: redisUrl });
      throw new AirlockError("invalid_input", "open rate store: AIRLOCK_REDIS_URL is not set");
  }
}

async function settingsOf(settings: FreshCache<LogSettings>, tenant: string): Promise<LogSettings> {
  try {
    return await settings.find(tenant) ?? UNKNOWN_SETTINGS;
  } catch {
    // Not known now, and reported by the cache.
    return UNKNOWN_SETTINGS;
  }
}
