import type { RateLimit, RateStore, RateTake } from "../../spec/rate_limit.ts";

/** What happens to calls while the store cannot be asked: they pass uncounted, or are turned away. */
export type WhenStoreIsDown = "open" | "closed";

/** Longest time that a call waits for the store. */
const TIMEOUT_MS = 500;

/** How long a store that failed is not asked again. */
const REST_MS = 1_000;

/** Options of {@linkcode guardRateStore}. */
export interface GuardOptions {
  readonly whenDown: WhenStoreIsDown;
  /** Told each time that the store begins to fail. */
  readonly onFailure: (error: unknown) => void;
  readonly timeoutMs?: number;
  readonly restMs?: number;
  readonly nowMs?: () => number;
}

/** A store that may be down, guarded so that calls never wait for it long. */
export interface GuardedRateStore extends RateStore {
  /** Whether the last answer was the store's own. */
  readonly isWell: boolean;
}

/** Answers for a store that is elsewhere while it does not answer itself. */
export function guardRateStore(store: RateStore, options: GuardOptions): GuardedRateStore {
  const { whenDown, onFailure, timeoutMs = TIMEOUT_MS, restMs = REST_MS } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  let restsUntilMs = -Infinity;
  let isWell = true;
  const instead = ({ limit, windowMs }: RateLimit): RateTake => ({
    allowed: whenDown === "open" && limit > 0,
    remaining: whenDown === "open" ? limit : 0,
    resetMs: Math.min(windowMs, restMs),
  });
  return {
    get isWell() {
      return isWell;
    },
    async take(key, limit) {
      if (nowMs() < restsUntilMs) return instead(limit);
      try {
        const take = await within(store.take(key, limit), timeoutMs);
        isWell = true;
        return take;
      } catch (error) {
        restsUntilMs = nowMs() + restMs;
        if (isWell) onFailure(error);
        isWell = false;
        return instead(limit);
      }
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

async function within<T>(asked: T | Promise<T>, timeoutMs: number): Promise<T> {
  const overdue = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => overdue.reject(new DOMException("no answer in time", "TimeoutError")),
    timeoutMs,
  );
  try {
    return await Promise.race([asked, overdue.promise]);
  } finally {
    clearTimeout(timer);
  }
}
