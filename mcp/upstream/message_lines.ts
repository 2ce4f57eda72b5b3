const NEWLINE = 10;

/** Cuts a stream into lines, and never keeps more of one than it may. */
export class MessageLines {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Lines that end in this chunk; `null` once where one is longer than it may be. */
  *add(chunk: Uint8Array): Generator<string | null> {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      const part = chunk.subarray(from, end === -1 ? undefined : end);
      this.#bytes += part.byteLength;
      if (this.#bytes > this.#maxBytes) return yield null;
      this.#parts.push(part);
      if (end === -1) return;
      yield this.#take();
      from = end + 1;
    }
  }

  #take(): string {
    const decoder = new TextDecoder();
    const text = this.#parts.map((part) => decoder.decode(part, { stream: true })).join("");
    this.#parts = [];
    this.#bytes = 0;
    return text + decoder.decode();
  }
}
