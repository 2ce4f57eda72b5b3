/** Measures wall time during which at least one request is in flight. */
export class NetworkClock {
  #inFlight = 0;
  #startedAt = 0;
  #totalMs = 0;

  /** Counts time until the returned token is disposed. */
  start(): Disposable {
    if (this.#inFlight++ === 0) this.#startedAt = performance.now();
    return {
      [Symbol.dispose]: () => {
        if (--this.#inFlight === 0) this.#totalMs += performance.now() - this.#startedAt;
      },
    };
  }

  /** Milliseconds so far, without requests still in flight. */
  get totalMs(): number {
    return this.#totalMs;
  }
}
