import type { Clock } from "./clock.ts";

/** Classes remembered at once; the oldest is forgotten first. */
const MAX_CLASSES = 64;
/** Failures in a row that are put down to chance. */
const FREE_FAILURES = 2;

/** Remembers, per sandbox class, how long to leave starting alone after failures in a row. */
export class SpawnBackoff {
  readonly #clock: Clock;
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #classes = new Map<string, { failures: number; untilMs: number }>();

  constructor(options: { clock: Clock; minMs: number; maxMs: number }) {
    this.#clock = options.clock;
    this.#minMs = options.minMs;
    this.#maxMs = options.maxMs;
  }

  /** Milliseconds until another start of the class is worth trying; 0 for now. */
  waitMs(sandboxClass: string): number {
    const seen = this.#classes.get(sandboxClass);
    return seen === undefined ? 0 : Math.max(0, seen.untilMs - this.#clock.nowMs());
  }

  failed(sandboxClass: string): void {
    // Several under way at once fail for one reason: the first counts.
    if (this.waitMs(sandboxClass) > 0) return;
    const failures = (this.#classes.get(sandboxClass)?.failures ?? 0) + 1;
    const pauseMs = failures <= FREE_FAILURES
      ? 0
      : Math.min(this.#maxMs, this.#minMs * 2 ** (failures - FREE_FAILURES - 1));
    this.#classes.delete(sandboxClass);
    this.#classes.set(sandboxClass, { failures, untilMs: this.#clock.nowMs() + pauseMs });
    if (this.#classes.size > MAX_CLASSES) {
      const [oldest] = this.#classes.keys();
      if (oldest !== undefined) this.#classes.delete(oldest);
    }
  }

  succeeded(sandboxClass: string): void {
    this.#classes.delete(sandboxClass);
  }
}
