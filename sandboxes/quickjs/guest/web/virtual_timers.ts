/** What timers need from outside. */
export interface TimerHost {
  readonly now: () => number;
  /** Asks for `fire` to be called after that many milliseconds; negative: not at all. */
  readonly wake: (delayMs: number) => void;
}

interface Timer {
  readonly id: number;
  readonly run: () => void;
  readonly everyMs: number | null;
  dueMs: number;
}

/** The longest delay that browsers and Node keep apart from zero. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Timers on a clock that the host drives: it is told how long to wait and calls `fire`. However many
 * timers there are, the host keeps one. They outlive a snapshot: see {@linkcode shift}.
 */
export class VirtualTimers {
  readonly #host: TimerHost;
  readonly #timers = new Map<number, Timer>();
  #nextId = 1;

  constructor(host: TimerHost) {
    this.#host = host;
  }

  add(run: () => void, delay: unknown, options: { readonly repeats: boolean }): number {
    const wantedMs = Number(delay);
    const delayMs = wantedMs >= 1 && wantedMs <= MAX_DELAY_MS ? Math.trunc(wantedMs) : 1;
    const id = this.#nextId++;
    const dueMs = this.#host.now() + delayMs;
    this.#timers.set(id, { id, run, everyMs: options.repeats ? delayMs : null, dueMs });
    this.#askAgain();
    return id;
  }

  remove(id: unknown): void {
    if (this.#timers.delete(Number(id))) this.#askAgain();
  }

  /** Runs what is due, in order; each in a turn of its own, so that its promise jobs come before the next. */
  fire(): void {
    const next = this.#next();
    if (next === null || next.dueMs > this.#host.now()) return this.#askAgain();
    if (next.everyMs === null) this.#timers.delete(next.id);
    else next.dueMs = Math.max(next.dueMs + next.everyMs, this.#host.now());
    try {
      next.run();
    } finally {
      this.#askAgain();
    }
  }

  /** Moves everything by so much: after a restore the clock may show anything. */
  shift(byMs: number): void {
    for (const timer of this.#timers.values()) timer.dueMs += byMs;
    this.#askAgain();
  }

  #next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers.values()) {
      if (next === null || timer.dueMs < next.dueMs) next = timer;
    }
    return next;
  }

  #askAgain(): void {
    const next = this.#next();
    this.#host.wake(next === null ? -1 : Math.max(0, next.dueMs - this.#host.now()));
  }
}
