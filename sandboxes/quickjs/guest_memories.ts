const PAGE_BYTES = 64 * 1024;

/** Memories that are kept at most: as many as calls usually run at once. */
const MAX_KEPT = 8;

/**
 * Memories for instances of one image. A memory that an instance has left is given to a later one,
 * which overwrites every byte of it with the image before any of its code runs: no new memory has to
 * be asked of the system, page by page. One that has grown is let go, so each is as large as the image.
 */
export class GuestMemories {
  readonly #imageBytes: number;
  readonly #kept: WebAssembly.Memory[] = [];

  /** `imageBytes`: of the state that every memory begins as. */
  constructor(imageBytes: number) {
    this.#imageBytes = imageBytes;
  }

  /** One that nobody uses. What is in it is to be overwritten. */
  take(): WebAssembly.Memory {
    return this.#kept.pop() ??
      new WebAssembly.Memory({ initial: Math.ceil(this.#imageBytes / PAGE_BYTES) });
  }

  /** Takes one back whose instance has ended for good. @returns whether it is kept. */
  give(memory: WebAssembly.Memory): boolean {
    const isKept = memory.buffer.byteLength === this.#imageBytes && this.#kept.length < MAX_KEPT;
    if (isKept) this.#kept.push(memory);
    return isKept;
  }
}
