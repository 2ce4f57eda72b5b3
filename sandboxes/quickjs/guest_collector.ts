/** Memory of dropped instances after which it is worth collecting. */
const COLLECT_BYTES = 96 * 1024 * 1024;

/**
 * Has the memory of dropped instances collected. The engine of the host sees only their small handles
 * and would let hundreds of megabytes pile up behind them before it thought of collecting.
 */
export class GuestCollector {
  // There with the engine flag that the runtime sets.
  readonly #collect: () => void = Reflect.get(globalThis, "gc") ?? (() => {});
  #droppedBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** An instance of that size was dropped. Collects soon, after the frames that are on their way. */
  dropped(sizeBytes: number): void {
    this.#droppedBytes += sizeBytes;
    if (this.#droppedBytes < COLLECT_BYTES || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#droppedBytes = 0;
      this.#collect();
    }, 0);
  }
}
