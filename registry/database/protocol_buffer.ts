import { Buffer } from "node:buffer";
import { CANCEL_CODE, TERMINATE } from "./protocol_messages.ts";

/** Messages of the frontend after which the backend answers: the rest waits for one of them. */
const ENDS_A_GROUP = typesOf("SQXHcf");

/** All that a frontend says once it is let in. Of anything else PGlite never comes back. */
const KNOWN = typesOf("SQXHcfPBEDCd");

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;

/** PostgreSQL's own bound of a first message, which holds a length and a version at least. */
const MAX_FIRST_BYTES = 10_000;
const MIN_FIRST_BYTES = 8;

/** Version 3.0, and what stands in its place in a request to cancel. PGlite breaks of anything else. */
const FIRST_CODES: ReadonlySet<number> = new Set([196_608, CANCEL_CODE]);

/** Most that is kept of what a client sends before it can be answered. */
const MAX_GROUP_BYTES = 256 * 1024 * 1024;

/**
 * Cuts what a client sends into groups of whole messages that a backend answers together
 * (PostgreSQL's "Message Formats": a type byte, a length that counts itself, the contents). The first
 * message of a connection has no type byte.
 */
export class ProtocolBuffer {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** So many hold the message that is looked for: with fewer there is no need to look. */
  #neededBytes = 0;
  #started = false;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
  }

  /**
   * The next group, or `undefined` until more has come.
   * @throws {RangeError} for what is no message of a client, or too large.
   */
  next(): Buffer | undefined {
    if (this.#bytes < this.#neededBytes) return undefined;
    const bytes = Buffer.concat(this.#chunks);
    const { isWhole, end } = this.#started ? groupEnd(bytes) : firstEnd(bytes);
    if (end > MAX_GROUP_BYTES) throw new RangeError("read message: it is too large");
    this.#neededBytes = isWhole ? 0 : end;
    const rest = isWhole ? bytes.subarray(end) : bytes;
    this.#chunks = [rest];
    this.#bytes = rest.byteLength;
    if (!isWhole) return undefined;
    this.#started = true;
    return bytes.subarray(0, end);
  }
}

/** Where a group ends, or at least how much of it has to come to be looked at again. */
interface GroupEnd {
  readonly isWhole: boolean;
  readonly end: number;
}

function firstEnd(bytes: Buffer): GroupEnd {
  if (bytes.length < MIN_FIRST_BYTES) return { isWhole: false, end: MIN_FIRST_BYTES };
  const end = bytes.readInt32BE(0);
  const isFirst = end >= MIN_FIRST_BYTES && end <= MAX_FIRST_BYTES &&
    FIRST_CODES.has(bytes.readInt32BE(LENGTH_BYTES));
  if (!isFirst) throw new RangeError("read message: it begins no connection");
  return { isWhole: bytes.length >= end, end };
}

function groupEnd(bytes: Buffer): GroupEnd {
  let offset = 0;
  while (offset + TYPE_BYTES + LENGTH_BYTES <= bytes.length) {
    const type = bytes[offset]!;
    const length = bytes.readInt32BE(offset + TYPE_BYTES);
    if (!KNOWN.has(type) || length < LENGTH_BYTES) throw new RangeError("read message: it is none");
    // Whoever ends a connection ends that alone, never the backend: not a word of it goes there.
    if (type === TERMINATE && offset > 0) return { isWhole: true, end: offset };
    offset += TYPE_BYTES + length;
    if (offset > bytes.length) return { isWhole: false, end: offset };
    if (ENDS_A_GROUP.has(type)) return { isWhole: true, end: offset };
  }
  return { isWhole: false, end: offset + TYPE_BYTES + LENGTH_BYTES };
}

function typesOf(letters: string): ReadonlySet<number> {
  return new Set([...letters].map((type) => type.charCodeAt(0)));
}
