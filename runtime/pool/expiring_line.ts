import type { Clock } from "./clock.ts";

/** What is known of each in an {@linkcode ExpiringLine}. */
export interface Expiring {
  /** When its time began. */
  readonly askedMs: number;
}

/**
 * Those whose time is limited, all to the same length, so that one timer does for all of them: the one
 * that came first is the first whose time is up. Whoever is told of that takes it out.
 */
export class ExpiringLine<T extends Expiring> {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onExpired: (one: T) => void;
  readonly #line = new Set<T>();
  #cancel: (() => void) | null = null;

  constructor(
    options: {
      readonly clock: Clock;
      readonly limitMs: number;
      readonly onExpired: (one: T) => void;
    },
  ) {
    this.#clock = options.clock;
    this.#limitMs = options.limitMs;
    this.#onExpired = options.onExpired;
  }

  /** Adds one; they come in the order of their `askedMs`. */
  add(one: T): void {
    this.#line.add(one);
    this.#startTimer();
  }

  delete(one: T): void {
    this.#line.delete(one);
  }

  /** Stops the timer: nobody expires any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #startTimer(): void {
    if (this.#cancel !== null) return;
    const [first] = this.#line;
    if (first === undefined) return;
    const leftMs = first.askedMs + this.#limitMs - this.#clock.nowMs();
    this.#cancel = this.#clock.after(Math.max(0, leftMs), () => {
      this.#cancel = null;
      const latestMs = this.#clock.nowMs() - this.#limitMs;
      for (const one of [...this.#line]) {
        if (one.askedMs > latestMs) break;
        this.#line.delete(one);
        this.#onExpired(one);
      }
      this.#startTimer();
    });
  }
}
