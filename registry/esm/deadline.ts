import { esmError, STEP_NAMES } from "./esm_error.ts";

/** A signal that follows the caller's and ends after a time of its own; dispose to stop the timer. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(
    signal: AbortSignal,
    options: { readonly timeoutMs: number; readonly stage: "resolve" | "fetch" },
  ) {
    const own = new AbortController();
    this.signal = AbortSignal.any([signal, own.signal]);
    this.#timer = setTimeout(() => {
      own.abort(esmError({
        reason: "timeout",
        message: `${
          STEP_NAMES[options.stage]
        } package: the esm origin took longer than ${options.timeoutMs} ms`,
      }, { stage: options.stage, retryable: true, suggestion: "Try again later" }));
    }, options.timeoutMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
