const NEWLINE = 10;

/** Cuts what a server writes into lines of JSON, however it comes, and never keeps more of one than it may. */
export class LineBuffer {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder();
  /** Of the line that has begun. */
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Lines that end in `chunk`, of which nothing is kept: it may be written over.
   * @throws {RangeError} where a line is longer than it may be.
   */
  add(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      lines.push(this.#take(chunk.subarray(from, end)));
      from = end + 1;
    }
    if (from < chunk.length) {
      this.#count(chunk.length - from);
      this.#parts.push(chunk.slice(from));
    }
    return lines;
  }

  #take(last: Uint8Array): string {
    this.#count(last.length);
    const text = this.#parts.map((part) => this.#decoder.decode(part, { stream: true })).join("") +
      this.#decoder.decode(last);
    this.#parts = [];
    this.#bytes = 0;
    return text;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) throw new RangeError("read message: it is too large");
  }
}
