import { AirlockError } from "../../spec/errors.ts";

/** How many builds run and wait. */
export interface BuildGateOptions {
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

/** Lets a bounded number of builds run, in the order in which they came. */
export class BuildGate {
  readonly #options: BuildGateOptions;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(options: BuildGateOptions) {
    this.#options = options;
  }

  /**
   * Waits for a place. Whoever has one disposes it.
   *
   * @throws {AirlockError} `pool_exhausted` where too many wait already.
   */
  async enter(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#running < this.#options.maxRunning) this.#running++;
    else await this.#wait(signal);
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        this.#leave();
      },
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#options.maxWaiting) throw queueFull(this.#waiting.size);
    return new Promise<void>((resolve, reject) => {
      const enter = () => {
        this.#waiting.delete(enter);
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  /** The place goes straight to the first in the queue, so that nobody overtakes. */
  #leave(): void {
    for (const enter of this.#waiting) return enter();
    this.#running--;
  }
}

function queueFull(waiting: number): AirlockError {
  return new AirlockError("pool_exhausted", "Preparing the package: too many builds are waiting", {
    stage: "build",
    suggestion: "Send the request again a little later",
    details: { waiting },
    retryAfterMs: 5_000,
  });
}
