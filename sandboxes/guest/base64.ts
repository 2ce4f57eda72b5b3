import {
  arrayBufferByteLength,
  arrayJoin,
  dataViewBuffer,
  dataViewByteLength,
  dataViewByteOffset,
  isArrayBufferView,
  objectToString,
  sharedBufferByteLength,
  StringCtor,
  typedArrayBuffer,
  typedArrayByteLength,
  typedArrayByteOffset,
  Uint8ArrayCtor,
} from "./primordials.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const { fromCharCode } = StringCtor;
const CODES = new Uint8ArrayCtor(64);
for (let index = 0; index < 64; index++) CODES[index] = ALPHABET.charCodeAt(index);

/** The engine's own encoder where it has one. */
const native: unknown = Reflect.get(Uint8Array.prototype, "toBase64");
const { apply } = Reflect;
const { ceil } = Math;

/** Characters that {@linkcode toBase64} makes of that many bytes. */
export function base64Length(byteLength: number): number {
  return ceil(byteLength / 3) * 4;
}

/**
 * The bytes behind an `ArrayBuffer`, a shared one, a typed array, a `DataView` or a Node `Buffer`
 * as a view, not a copy; `null` for anything else. Trusts no property that a tool could fake.
 */
export function bytesOf(value: object): Uint8Array | null {
  if (isArrayBufferView(value)) {
    try {
      return new Uint8ArrayCtor(
        typedArrayBuffer(value),
        typedArrayByteOffset(value),
        typedArrayByteLength(value),
      );
    } catch {
      // Not a typed array, so it is the only other kind of view.
      return new Uint8ArrayCtor(
        dataViewBuffer(value),
        dataViewByteOffset(value),
        dataViewByteLength(value),
      );
    }
  }
  if (isBuffer(value)) return new Uint8ArrayCtor(value);
  return null;
}

function isBuffer(value: object): value is ArrayBuffer {
  const tag = objectToString(value);
  if (tag !== "[object ArrayBuffer]" && tag !== "[object SharedArrayBuffer]") return false;
  try {
    if (tag === "[object ArrayBuffer]") arrayBufferByteLength(value);
    else sharedBufferByteLength(value);
    return true;
  } catch {
    // No internal slot of a buffer: an ordinary object that names itself like one.
    return false;
  }
}

/** RFC 4648 base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  if (typeof native === "function") return apply(native, bytes, []);
  const length = typedArrayByteLength(bytes);
  const chunks: string[] = [];
  for (let start = 0, part = 0; start < length; start += CHUNK_BYTES, part++) {
    chunks[part] = encodeChunk(
      bytes,
      start,
      start + CHUNK_BYTES < length ? start + CHUNK_BYTES : length,
    );
  }
  return arrayJoin(chunks, "");
}

/** A multiple of 3, small enough to be spread into one call. */
const CHUNK_BYTES = 6144;

function encodeChunk(bytes: Uint8Array, start: number, end: number): string {
  const codes = new Uint8ArrayCtor(base64Length(end - start));
  for (let from = start, to = 0; from < end; from += 3, to += 4) {
    const bits = bytes[from]! << 16 | (from + 1 < end ? bytes[from + 1]! << 8 : 0) |
      (from + 2 < end ? bytes[from + 2]! : 0);
    codes[to] = CODES[bits >> 18]!;
    codes[to + 1] = CODES[bits >> 12 & 63]!;
    codes[to + 2] = from + 1 < end ? CODES[bits >> 6 & 63]! : 61;
    codes[to + 3] = from + 2 < end ? CODES[bits & 63]! : 61;
  }
  return apply(fromCharCode, null, codes);
}
