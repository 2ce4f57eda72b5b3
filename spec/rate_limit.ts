/** What is counted by itself: calls of tools, requests over MCP, reading and changing what is kept. */
export const RATE_CLASSES = ["execute", "mcp", "read", "write"] as const;

/** One of {@linkcode RATE_CLASSES}. */
export type RateClass = typeof RATE_CLASSES[number];

/**
 * How often something may happen in a window of that length. Windows slide: see `takeFrom` for what
 * that holds over other stretches of the same length.
 */
export interface RateLimit {
  readonly limit: number;
  readonly windowMs: number;
}

/** Limits that hold for one caller instead of its tier's. */
export type RateOverrides = Readonly<Partial<Record<RateClass, RateLimit>>>;

/** What came of asking to do something once more. */
export interface RateTake {
  readonly allowed: boolean;
  /** How often it may still happen now. */
  readonly remaining: number;
  /** Until everything may happen again; until the next may where it was refused. */
  readonly resetMs: number;
}

/** Counts across calls, and nodes where it is shared. */
export interface RateStore extends AsyncDisposable {
  /** Counts once for `key` where the limit allows it. Without a promise where it can be told at once. */
  take(key: string, limit: RateLimit): RateTake | Promise<RateTake>;
}
