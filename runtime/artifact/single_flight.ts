import type { StepOptions } from "../../spec/artifact.ts";

/** How one result becomes one for each waiter. */
export interface SharedResult<T> {
  /** A result of its own life for one waiter. */
  readonly share: (value: T) => T;
  /** Gives back the first result, once every waiter has its own. */
  readonly release: (value: T) => void;
}

interface Waiter<T> {
  readonly settle: (outcome: Outcome<T>) => void;
  readonly progress: StepOptions["progress"];
}

interface Flight<T> {
  readonly controller: AbortController;
  readonly waiters: Set<Waiter<T>>;
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Concurrent calls for the same key are one piece of work. A waiter whose signal aborts leaves
 * alone; when the last one has left, the work is aborted and forgotten, so that whoever comes next
 * starts anew.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #shared: SharedResult<T>;

  constructor(shared: SharedResult<T>) {
    this.#shared = shared;
  }

  /** Keys being worked on. */
  get size(): number {
    return this.#flights.size;
  }

  /** Waits for the work on `key`, starting it where nobody did. Rejects as the work does. */
  join(
    key: string,
    options: StepOptions & { readonly start: (options: StepOptions) => Promise<T> },
  ): Promise<T> {
    const { signal, progress, start } = options;
    if (signal.aborted) return Promise.reject(signal.reason);
    const flight = this.#flights.get(key) ?? this.#begin(key, start);
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        flight.waiters.delete(waiter);
        reject(signal.reason);
        if (flight.waiters.size > 0) return;
        this.#forget(key, flight);
        flight.controller.abort(signal.reason);
      };
      const waiter: Waiter<T> = {
        progress,
        settle: (outcome) => {
          signal.removeEventListener("abort", leave);
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.value);
        },
      };
      flight.waiters.add(waiter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** Aborts all work and rejects all waiters with `reason`. */
  abortAll(reason: unknown): void {
    for (const [key, flight] of this.#flights) {
      this.#settle(key, flight, { error: reason });
      flight.controller.abort(reason);
    }
  }

  #begin(key: string, start: (options: StepOptions) => Promise<T>): Flight<T> {
    const flight: Flight<T> = { controller: new AbortController(), waiters: new Set() };
    this.#flights.set(key, flight);
    const progress = (line: string) => flight.waiters.forEach((waiter) => waiter.progress?.(line));
    // Started in the next microtask: the first waiter is in by then.
    Promise.resolve().then(() => start({ signal: flight.controller.signal, progress })).then(
      (value) => {
        this.#settle(key, flight, { value });
        this.#shared.release(value);
      },
      (error: unknown) => this.#settle(key, flight, { error }),
    );
    return flight;
  }

  #settle(key: string, flight: Flight<T>, outcome: Outcome<T>): void {
    this.#forget(key, flight);
    for (const waiter of flight.waiters) {
      waiter.settle("error" in outcome ? outcome : { value: this.#shared.share(outcome.value) });
    }
    flight.waiters.clear();
  }

  #forget(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
