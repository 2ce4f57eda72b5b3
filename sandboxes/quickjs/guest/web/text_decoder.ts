// style-ok jsdoc: the class is the interface of the Encoding Standard that its name says.
import { join } from "./blob.ts";

const { decode } = airlockBridge;
const NativeDecoder = globalThis.TextDecoder;

/**
 * The engine's decoder, and for the encodings that it has not the one outside. Of these the pieces of
 * a stream are decoded together when it ends.
 */
export class GuestTextDecoder {
  readonly #native: TextDecoder | null;
  readonly #encoding: string;
  readonly #options: TextDecoderOptions;
  #held: Uint8Array[] = [];

  constructor(label = "utf-8", options: TextDecoderOptions = {}) {
    this.#options = { fatal: Boolean(options.fatal), ignoreBOM: Boolean(options.ignoreBOM) };
    this.#native = nativeFor(String(label), options);
    if (this.#native !== null) this.#encoding = this.#native.encoding;
    else {
      const encoding = decode(String(label), "", new Uint8Array(0));
      if (encoding === undefined) throw new RangeError(`The encoding label '${label}' is invalid`);
      this.#encoding = encoding;
    }
  }

  get encoding(): string {
    return this.#encoding;
  }

  get fatal(): boolean {
    return this.#options.fatal === true;
  }

  get ignoreBOM(): boolean {
    return this.#options.ignoreBOM === true;
  }

  decode(input?: BufferSource, options: TextDecodeOptions = {}): string {
    if (this.#native !== null) return this.#native.decode(input, options);
    if (input !== undefined) this.#held.push(bytesOf(input).slice());
    if (options.stream === true) return "";
    const bytes = join(this.#held);
    this.#held = [];
    const text = decode(this.#encoding, this.fatal ? "fatal" : "replace", bytes);
    if (text === undefined) throw new TypeError("The encoded data is not valid");
    return text;
  }

  get [Symbol.toStringTag](): string {
    return "TextDecoder";
  }
}

function nativeFor(label: string, options: TextDecoderOptions): TextDecoder | null {
  try {
    return new NativeDecoder(label, options);
  } catch {
    // It knows few encodings; the other side knows all of the standard.
    return null;
  }
}

function bytesOf(input: BufferSource): Uint8Array {
  if (ArrayBuffer.isView(input)) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  return new Uint8Array(input);
}
