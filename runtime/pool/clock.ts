/** Time as the pool sees it, injected so that tests own it. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number;
  /** Calls `run` once after `delayMs`. The returned function cancels it, any number of times. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's monotonic clock. */
export function systemClock(): Clock {
  return {
    nowMs: () => performance.now(),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
