import type { RateLimit, RateStore, RateTake } from "../../spec/rate_limit.ts";
import { takeFrom, type WindowCounts } from "./sliding_window.ts";

/** Keys that are counted; the one asked for longest ago is forgotten first. */
const MAX_KEYS = 100_000;

/** Counts in this process: enough where there is one node. */
export function createMemoryRateStore(
  { nowMs = Date.now, maxKeys = MAX_KEYS }: {
    readonly nowMs?: () => number;
    readonly maxKeys?: number;
  } = {},
): RateStore {
  const known = new Map<string, WindowCounts>();
  return {
    take(key: string, limit: RateLimit): RateTake {
      const { counts, take } = takeFrom(known.get(key), limit, { nowMs: nowMs() });
      known.delete(key);
      known.set(key, counts);
      if (known.size > maxKeys) {
        for (const oldest of known.keys()) {
          known.delete(oldest);
          break;
        }
      }
      return take;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
