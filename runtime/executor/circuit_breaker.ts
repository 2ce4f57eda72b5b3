/** When a breaker opens, and for how long. */
export interface BreakerPolicy {
  /** Failures in a row after which it opens. */
  readonly failures: number;
  /** How long it stays open before one call may try. */
  readonly openMs: number;
}

/**
 * Keeps calls away from what fails again and again. Open, it lets nobody through for a while, then
 * one call at a time, until one goes well.
 */
export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  readonly #nowMs: () => number;
  #failures = 0;
  #openedMs = 0;
  #isTrying = false;

  constructor(policy: BreakerPolicy, nowMs: () => number) {
    this.#policy = policy;
    this.#nowMs = nowMs;
  }

  /**
   * Whether a call may go: `null`, or how many milliseconds it should wait. Whoever may go tells
   * afterwards by {@linkcode settle} how it went.
   */
  admit(): number | null {
    if (this.#failures < this.#policy.failures) return null;
    const leftMs = this.#openedMs + this.#policy.openMs - this.#nowMs();
    if (leftMs > 0) return leftMs;
    if (this.#isTrying) return this.#policy.openMs;
    this.#isTrying = true;
    return null;
  }

  /** How a call went; `null` where it says nothing, such as one that its caller gave up. */
  settle(wentWell: boolean | null): void {
    this.#isTrying = false;
    if (wentWell === null) return;
    if (wentWell) {
      this.#failures = 0;
      return;
    }
    this.#failures += 1;
    if (this.#failures >= this.#policy.failures) this.#openedMs = this.#nowMs();
  }
}
