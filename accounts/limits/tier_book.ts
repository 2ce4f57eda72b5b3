import type { AnySql } from "../../registry/database/database.ts";
import { FreshCache, type FreshCacheBounds } from "../cache/fresh_cache.ts";
import { readTierLimits } from "./read_tier_limits.ts";
import { DEFAULT_TIER_LIMITS, type TierLimits } from "./tier_limits.ts";

/** What is changed holds within ten seconds on every node; what is known holds while nobody answers. */
const BOUNDS: FreshCacheBounds = {
  maxEntries: 1,
  maxAbsent: 1,
  freshMs: 10_000,
  staleMs: Infinity,
  readTimeoutMs: 500,
  maxReads: 1,
  retryMs: 1_000,
};

const ONLY = "tiers";

/** Options of {@linkcode TierBook}. */
export interface TierBookOptions {
  readonly sql: AnySql;
  readonly onFailure: (error: unknown) => void;
  /** Any monotonic clock. */
  readonly nowMs: () => number;
}

/** The limits of all tiers, from memory; in use they are read again behind the back of whoever asks. */
export class TierBook {
  readonly #cache: FreshCache<TierLimits>;
  #last: TierLimits = DEFAULT_TIER_LIMITS;

  constructor({ sql, onFailure, nowMs }: TierBookOptions) {
    this.#cache = new FreshCache({
      ...{ what: "tiers", bounds: BOUNDS, nowMs, onFailure },
      read: async () => this.#last = await readTierLimits(sql),
    });
  }

  /** As they are, else as they were when they were last read, else the default. Never rejects. */
  limits(): TierLimits | Promise<TierLimits> {
    const found = this.#cache.find(ONLY);
    return found instanceof Promise
      ? found.then((limits) => limits ?? this.#last, () => this.#last)
      : found ?? this.#last;
  }

  /** They were changed: reads them again when next asked. */
  forget(): void {
    this.#cache.drop(ONLY);
  }
}
