const LEAST_MS = 100;
const MOST_MS = 30_000;
/** Weight of the newest call in the running mean. */
const NEWEST = 0.1;

/** Estimates when a pool that is full now will have a place again. */
export class RetryEstimate {
  #meanHoldMs = 500;

  /** One call held a sandbox for this long. */
  held(durationMs: number): void {
    this.#meanHoldMs += NEWEST * (durationMs - this.#meanHoldMs);
  }

  /** Milliseconds in which `places` should have served all who wait, and one more. */
  afterMs(line: { readonly waiting: number; readonly places: number }): number {
    const rounds = Math.ceil((line.waiting + 1) / Math.max(1, line.places));
    return Math.round(Math.min(MOST_MS, Math.max(LEAST_MS, rounds * this.#meanHoldMs)));
  }
}
