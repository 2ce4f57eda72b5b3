/** After the start, and then from one end to the next beginning. */
const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;

/** Options of {@linkcode PurgeClock}. */
export interface PurgeClockOptions {
  /** Removes what is old; stops early when `signal` aborts. */
  readonly purge: (signal: AbortSignal) => Promise<unknown>;
  /** Asked before: nothing is purged then, and it is asked again after `firstMs`. */
  readonly isAsleep?: () => boolean;
  readonly onFailure: (error: unknown) => void;
  readonly firstMs?: number;
  readonly everyMs?: number;
}

/** Has old lines removed from time to time. Disposing waits for the batch that is under way. */
export class PurgeClock implements AsyncDisposable {
  readonly #options: PurgeClockOptions;
  readonly #stopping = new AbortController();
  #timer: ReturnType<typeof setTimeout>;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PurgeClockOptions) {
    this.#options = options;
    this.#timer = this.#later(options.firstMs ?? FIRST_MS);
  }

  #later(delayMs: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#run(), delayMs);
  }

  #run(): void {
    const { purge, isAsleep, onFailure, firstMs = FIRST_MS, everyMs = EVERY_MS } = this.#options;
    if (isAsleep?.()) {
      this.#timer = this.#later(firstMs);
      return;
    }
    this.#running = purge(this.#stopping.signal).then(() => {}, onFailure).finally(() => {
      if (this.#stopping.signal.aborted) return;
      this.#timer = this.#later(everyMs);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }
}
