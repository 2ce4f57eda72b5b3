import { refused } from "./guest_plugin_error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads WebAssembly's binary format from front to back; never beyond its end. Numbers are LEB128 as
 * the core specification (§5.2.2) has them.
 */
export class ByteCursor {
  at: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #end: number;
  readonly #what: string;

  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    options: { what: string; at?: number; end?: number },
  ) {
    this.#bytes = bytes;
    this.#what = options.what;
    this.at = options.at ?? 0;
    this.#end = options.end ?? bytes.length;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    if (this.isAtEnd) throw this.malformed("it ends too early");
    return this.#bytes[this.at++]!;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) throw this.malformed("a number is too large");
        return value;
      }
    }
    throw this.malformed("a number is too long");
  }

  /** A number of up to 64 bits; what goes beyond 2^53 loses digits but stays large. */
  u64(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw this.malformed("a number is too long");
  }

  name(): string {
    const bytes = this.take(this.u32());
    try {
      return decoder.decode(bytes);
    } catch {
      throw this.malformed("a name is not UTF-8");
    }
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    const from = this.at;
    if (from + length > this.#end) throw this.malformed("it ends too early");
    this.at += length;
    return this.#bytes.subarray(from, this.at);
  }

  malformed(state: string): Error {
    return refused(this.#what, `malformed at byte ${this.at}, ${state}`);
  }
}

/** `value` as LEB128, unsigned. */
export function leb128(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value > 0 ? low | 0x80 : low);
  } while (value > 0);
  return bytes;
}
