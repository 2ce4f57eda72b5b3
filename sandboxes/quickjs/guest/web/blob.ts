// style-ok parameters: the signatures are those of the File API.
// style-ok jsdoc: each export is the interface of the File API that its name says.
/** `Blob` and `File`, kept in memory. */

type Part = string | ArrayBuffer | ArrayBufferView | GuestBlob;

const PIECE_BYTES = 64 * 1024;

export class GuestBlob {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;

  constructor(parts: Iterable<Part> = [], options: BlobPropertyBag = {}) {
    if (typeof parts !== "object" || parts === null) {
      throw new TypeError("Blob: its parts are not a list");
    }
    const isNative = options.endings === "native";
    this.#bytes = join(
      [...parts].map((part) =>
        bytesOfPart(isNative && typeof part === "string" ? part.replace(/\r\n?/g, "\n") : part)
      ),
    );
    const type = String(options.type ?? "");
    this.type = /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : "";
  }

  get size(): number {
    return this.#bytes.byteLength;
  }

  slice(start?: number, end?: number, type = ""): GuestBlob {
    return new GuestBlob([this.#bytes.slice(start, end)], { type });
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.#bytes.slice());
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.slice().buffer);
  }

  text(): Promise<string> {
    return Promise.resolve(new TextDecoder().decode(this.#bytes));
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream({
      pull(controller) {
        if (at >= bytes.byteLength) return controller.close();
        controller.enqueue(bytes.slice(at, at += PIECE_BYTES));
      },
    });
  }

  get [Symbol.toStringTag](): string {
    return "Blob";
  }

  /** The bytes themselves, for code of this realm that promises not to change them. */
  static peek(blob: GuestBlob): Uint8Array<ArrayBuffer> {
    return blob.#bytes;
  }
}

export class GuestFile extends GuestBlob {
  readonly name: string;
  readonly lastModified: number;

  constructor(parts: Iterable<Part>, name: string, options: FilePropertyBag = {}) {
    if (arguments.length < 2) throw new TypeError("File: its parts and its name are needed");
    super(parts, options);
    this.name = String(name);
    this.lastModified = options.lastModified ?? Date.now();
  }

  override get [Symbol.toStringTag](): string {
    return "File";
  }
}

const { peek } = GuestBlob;
Reflect.deleteProperty(GuestBlob, "peek");

/** The bytes of a part of a blob or of a body. */
export function bytesOfPart(part: unknown): Uint8Array<ArrayBuffer> {
  if (part instanceof GuestBlob) return peek(part);
  if (part instanceof ArrayBuffer) return new Uint8Array(part.slice(0));
  if (ArrayBuffer.isView(part)) {
    return new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice();
  }
  return new TextEncoder().encode(String(part));
}

/** One array of all of them. */
export function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.byteLength;
  }
  return joined;
}
