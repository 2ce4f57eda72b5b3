import { Buffer } from "node:buffer";

/** Messages of the frontend after which the backend answers: the rest waits for one of them. */
const ENDS_A_GROUP: ReadonlySet<number> = new Set([..."SQXHcf"].map((type) => type.charCodeAt(0)));

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;

/**
 * Cuts what a client sends into groups of whole messages that a backend answers together
 * (PostgreSQL's "Message Formats": a type byte, a length that counts itself, the contents). The first
 * message of a connection has no type byte.
 */
export class ProtocolBuffer {
  #chunks: Uint8Array[] = [];
  #started = false;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  /** The next group, or `undefined` until more has come. */
  next(): Buffer | undefined {
    const bytes = this.#whole();
    const end = this.#started ? groupEnd(bytes) : firstEnd(bytes);
    if (end === 0) return undefined;
    this.#started = true;
    this.#chunks = [bytes.subarray(end)];
    return bytes.subarray(0, end);
  }

  #whole(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    return bytes;
  }
}

function firstEnd(bytes: Buffer): number {
  const length = bytes.length < LENGTH_BYTES ? 0 : bytes.readInt32BE(0);
  return length > 0 && bytes.length >= length ? length : 0;
}

function groupEnd(bytes: Buffer): number {
  let offset = 0;
  while (offset + TYPE_BYTES + LENGTH_BYTES <= bytes.length) {
    const type = bytes[offset]!;
    offset += TYPE_BYTES + bytes.readInt32BE(offset + TYPE_BYTES);
    if (offset > bytes.length) return 0;
    if (ENDS_A_GROUP.has(type)) return offset;
  }
  return 0;
}
