import { AirlockError } from "../../spec/errors.ts";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** What is kept open: it may say that it has broken and has to be opened anew. */
export interface Keepable extends AsyncDisposable {
  /** Resolves to what is wrong; never rejects. */
  readonly lost?: Promise<unknown>;
}

/** Options of {@linkcode KeepTrying}. */
export interface KeepTryingOptions {
  /** Told when what is wrong has changed. */
  readonly onFailure: (error: unknown) => void;
  /** Waits to be asked for the thing before it is opened for the first time. */
  readonly whenAsked?: boolean;
}

/**
 * Opens one thing, again and again until it is open, after pauses that grow; and anew when it has
 * broken. Owns what it opened.
 */
export class KeepTrying<T extends Keepable> implements AsyncDisposable {
  readonly #stopped = new AbortController();
  readonly #asked = Promise.withResolvers<void>();
  readonly #first = Promise.withResolvers<void>();
  readonly #loop: Promise<void>;
  #isAsked = false;
  #value: T | undefined;
  #failure: AirlockError | undefined;

  constructor(open: () => Promise<T>, options: KeepTryingOptions) {
    if (!options.whenAsked) this.#ask();
    this.#loop = this.#run(open, options.onFailure);
  }

  /**
   * `idle` until it is asked for, `first` until the first attempt has ended, `failed` until one has
   * succeeded and after it has broken.
   */
  get state(): "idle" | "first" | "failed" | "done" {
    if (this.#value !== undefined) return "done";
    if (this.#failure !== undefined) return "failed";
    return this.#isAsked ? "first" : "idle";
  }

  /** What was wrong with the last attempt. */
  get problem(): string | null {
    return this.#failure?.message ?? null;
  }

  /**
   * Waits for the first attempt, and for no other.
   * @throws {AirlockError} what the last attempt failed with.
   */
  async value(): Promise<T> {
    this.#ask();
    await this.#first.promise;
    if (this.#value !== undefined) return this.#value;
    const { code, message, suggestion, cause } = this.#failure ?? stopped();
    throw new AirlockError(code, message, { suggestion, cause, retryable: true });
  }

  /** Makes no further attempt. */
  stop(): void {
    this.#stopped.abort();
    this.#ask();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#loop;
    const value = this.#value;
    this.#value = undefined;
    await value?.[Symbol.asyncDispose]();
  }

  #ask(): void {
    this.#isAsked = true;
    this.#asked.resolve();
  }

  async #run(open: () => Promise<T>, onFailure: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stopped;
    await this.#asked.promise;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs *= 2) {
      try {
        const value = await open();
        this.#value = value;
        this.#failure = undefined;
        this.#first.resolve();
        const openedMs = performance.now();
        const lost = await Promise.race([untilLost(value), aborted(signal)]);
        if (lost === undefined) return;
        this.#value = undefined;
        if (performance.now() - openedMs > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
        this.#fail(lost.error, onFailure);
        await value[Symbol.asyncDispose]();
      } catch (error) {
        this.#fail(error, onFailure);
      } finally {
        this.#first.resolve();
      }
      await pause(Math.min(pauseMs, LONGEST_PAUSE_MS), signal);
    }
    this.#first.resolve();
  }

  #fail(error: unknown, onFailure: (error: unknown) => void): void {
    const before = this.#failure;
    this.#failure = error instanceof AirlockError ? error : notOpened(error);
    // Once, not every time: what is wrong may stay so for long.
    if (before?.message !== this.#failure.message) onFailure(error);
  }
}

async function untilLost(value: Keepable): Promise<{ readonly error: unknown }> {
  return { error: await (value.lost ?? new Promise<never>(() => {})) };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener("abort", () => resolve(undefined), { once: true });
  if (signal.aborted) resolve(undefined);
  return promise;
}

function notOpened(cause: unknown): AirlockError {
  return new AirlockError("upstream_failed", "Opening the database: it failed, see the log", {
    suggestion: "Run `airlock db status`.",
    cause,
  });
}

function stopped(): AirlockError {
  return new AirlockError("shutting_down", "Asking the database: it was closed");
}

/** Resolves after a time, or when `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  return promise.finally(() => signal.removeEventListener("abort", end));
}
