/** What is written at a time, a longer line excepted. */
const MAX_WRITE_CHARACTERS = 1024 * 1024;

/**
 * Writes lines in order. Those that come in one turn of the event loop, or while others are being
 * written, go together: whoever reads them wakes once. Bounds nothing: that is for who has lines.
 */
export class LineWriter {
  readonly #to: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #encoder = new TextEncoder();
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;

  /** Owns `to` from now on. */
  constructor(to: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>) {
    this.#to = to;
    // Whoever writes is told.
    to.closed.catch(() => {});
  }

  /** Writes text that ends a line. Resolves when nothing waits any more; rejects where it cannot be. */
  write(line: string): Promise<void> {
    this.#waiting.push(line);
    return this.#writing ??= this.#write();
  }

  /** Nothing comes after what was written. */
  async close(): Promise<void> {
    await this.#to.close();
  }

  async #write(): Promise<void> {
    await turn();
    try {
      while (this.#waiting.length > 0) {
        await this.#to.write(this.#encoder.encode(this.#take()));
      }
    } finally {
      this.#waiting = [];
      // At once: a line that comes a moment later would wait for nobody.
      this.#writing = undefined;
    }
  }

  #take(): string {
    let text = "";
    let count = 0;
    for (const line of this.#waiting) {
      if (count > 0 && text.length + line.length > MAX_WRITE_CHARACTERS) break;
      text += line;
      count++;
    }
    this.#waiting = this.#waiting.slice(count);
    return text;
  }
}

/** Until what has come in already has been looked at. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
