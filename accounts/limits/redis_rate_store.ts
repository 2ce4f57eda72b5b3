import type { Redis, RedisOptions } from "ioredis";
import { z } from "zod";
import { AirlockError } from "../../spec/errors.ts";
import type { RateLimit, RateStore, RateTake } from "../../spec/rate_limit.ts";
import { takeFrom } from "./sliding_window.ts";

/** Before every key, so that a server may serve others as well. */
const PREFIX = "airlock:rate:";

/** Longest wait for the server to take a connection. */
const CONNECT_MS = 2_000;

/** A connection on which an answer is awaited for so long is given up. */
const SILENCE_MS = 5_000;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * The method of `takeFrom`, in one round trip and by the server's clock: shift the windows, then count
 * where there is room. Scripts run one at a time, so that no two nodes let the last one through.
 * Answers with the counts as they were before this take.
 */
const TAKE = `
local limit = tonumber(ARGV[1])
local window = tonumber(ARGV[2])
local now = tonumber(ARGV[3])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local known = redis.call('HMGET', KEYS[1], 'started', 'count', 'previous')
local known_started = tonumber(known[1])
if known_started and now < known_started then now = known_started end
local started = now - now % window
local count = 0
local previous = 0
if known_started == started then
  count = tonumber(known[2])
  previous = tonumber(known[3])
elseif known_started == started - window then
  previous = tonumber(known[2])
end
local allowed = 0
if previous * (1 - (now - started) / window) + count + 1 <= limit then
  allowed = 1
end
if allowed == 1 or (known_started and known_started ~= started) then
  redis.call('HSET', KEYS[1], 'started', started, 'count', count + allowed, 'previous', previous)
  redis.call('PEXPIRE', KEYS[1], started + 2 * window - now)
end
return { now, started, count, previous, allowed }
`;

/** What the script answers with. */
const taken = z.tuple([z.int(), z.int(), z.int(), z.int(), z.literal([0, 1])]);

/** Options of {@linkcode createRedisRateStore}. */
export interface RedisRateStoreOptions {
  /** `redis:` or `rediss:`, with its credentials: never shown. */
  readonly url: string;
  /** Instead of the server's clock: for tests only. */
  readonly nowMs?: () => number;
}

/**
 * Counts in Redis, for all nodes that share it. Begins to connect at once, since the first take should
 * not have to wait for that. While the server is away, takes fail and it is tried again after growing
 * pauses.
 */
export function createRedisRateStore({ url, nowMs }: RedisRateStoreOptions): RateStore {
  const client = connect(url);
  // A take that finds it failed says so.
  client.catch(() => {});
  return {
    async take(key, limit) {
      return await takeOne(await client, { key, limit, nowMs: nowMs?.() ?? -1 });
    },
    async [Symbol.asyncDispose]() {
      (await client).disconnect();
    },
  };
}

async function connect(url: string): Promise<Redis> {
  const { Redis } = await import("ioredis");
  const options: RedisOptions = {
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // A take must not wait for a server that is away: it fails with the attempt that is under way.
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** times),
    // A take that was sent may have been counted: it is not sent again.
    autoResendUnfulfilledCommands: false,
  };
  const client = new Redis(url, options);
  // Without a listener ioredis prints errors; each is also that of the take that met it.
  client.on("error", () => {});
  return client;
}

async function takeOne(
  client: Redis,
  { key, limit: { limit, windowMs }, nowMs }: {
    readonly key: string;
    readonly limit: RateLimit;
    readonly nowMs: number;
  },
): Promise<RateTake> {
  const answer = await client.eval(TAKE, 1, `${PREFIX}${key}`, limit, windowMs, nowMs)
    .catch((error) => {
      throw away(error);
    });
  const [atMs, startedMs, count, previous, allowed] = taken.parse(answer);
  const { take } = takeFrom({ startedMs, count, previous }, { limit, windowMs }, { nowMs: atMs });
  return { ...take, allowed: allowed === 1 };
}

/** Without the driver's error as a cause: that may hold commands, and so a password. */
function away(error: unknown): AirlockError {
  const { code, name } = error instanceof Error
    ? { code: undefined, ...error, name: error.name }
    : { code: undefined, name: "unknown" };
  return new AirlockError("upstream_failed", "Counting requests: Redis does not answer", {
    suggestion: "Start it, or correct AIRLOCK_REDIS_URL.",
    details: { reason: typeof code === "string" ? code : name },
  });
}
