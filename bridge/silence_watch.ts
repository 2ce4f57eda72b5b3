/**
 * Tells once when nothing was heard for too long, until disposed. Hearing something costs no timer: one
 * is set now and then, for what is left.
 */
export class SilenceWatch implements Disposable {
  readonly #onSilent: () => void;
  #withinMs: number;
  #heardMs = performance.now();
  #timer: ReturnType<typeof setTimeout>;

  constructor(withinMs: number, onSilent: () => void) {
    this.#onSilent = onSilent;
    this.#withinMs = withinMs;
    this.#timer = setTimeout(() => this.#look(), withinMs);
  }

  /** Something was heard. */
  heard(): void {
    this.#heardMs = performance.now();
  }

  /** From now on so long may pass. */
  allow(withinMs: number): void {
    this.heard();
    this.#withinMs = withinMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), withinMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const leftMs = this.#withinMs - (performance.now() - this.#heardMs);
    if (leftMs <= 0) this.#onSilent();
    else this.#timer = setTimeout(() => this.#look(), Math.ceil(leftMs));
  }
}
