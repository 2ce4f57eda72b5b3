// style-ok jsdoc: each export is the interface of the Encoding Standard that its name says.
import { TransformStream } from "web-streams-polyfill";

export class GuestTextDecoderStream {
  readonly #decoder: TextDecoder;
  readonly #pair: TransformStream<BufferSource, string>;

  constructor(label?: string, options?: TextDecoderOptions) {
    const decoder = new TextDecoder(label, options);
    const pass = (text: string, to: { enqueue(text: string): void }) => {
      if (text !== "") to.enqueue(text);
    };
    this.#decoder = decoder;
    this.#pair = new TransformStream({
      transform: (piece, to) => pass(decoder.decode(piece, { stream: true }), to),
      flush: (to) => pass(decoder.decode(), to),
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  get readable(): ReadableStream<string> {
    return this.#pair.readable;
  }

  get writable(): WritableStream<BufferSource> {
    return this.#pair.writable;
  }
}

export class GuestTextEncoderStream {
  readonly encoding = "utf-8";
  /** The first half of a character whose second half comes with the next piece. */
  #half = "";
  readonly #pair: TransformStream<string, Uint8Array<ArrayBuffer>>;

  constructor() {
    const encoder = new TextEncoder();
    this.#pair = new TransformStream({
      transform: (piece, to) => {
        const text = this.#half + String(piece);
        const last = text.charCodeAt(text.length - 1);
        const isCut = last >= 0xd800 && last <= 0xdbff;
        this.#half = isCut ? text.slice(-1) : "";
        const whole = isCut ? text.slice(0, -1) : text;
        if (whole !== "") to.enqueue(encoder.encode(whole));
      },
      flush: (to) => {
        if (this.#half !== "") to.enqueue(encoder.encode(this.#half));
      },
    });
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#pair.readable;
  }

  get writable(): WritableStream<string> {
    return this.#pair.writable;
  }
}
