/** What a frame's payload is. */
export const FRAME_KINDS = {
  /** JSON text of one protocol message. */
  message: 1,
  /** `u32` stream id, then bytes of a request or response body. */
  data: 2,
  /** `u32` call number, `f64` tool milliseconds, then the JSON text of the result. */
  result: 3,
  /** `u32` call number, then the JSON text of one streamed item. */
  chunk: 4,
  /** Sent once to the guest: the secret that its frames must begin with. */
  secret: 5,
} as const;

/** One of {@linkcode FRAME_KINDS}. */
export type FrameKind = typeof FRAME_KINDS[keyof typeof FRAME_KINDS];

/** Length of the secret that begins every frame from a guest. */
export const SECRET_BYTES = 16;

/** Bytes between the start of a frame (or the end of its secret) and its payload. */
export const FRAME_HEADER_BYTES = 5;

/** A decoded frame; `payload` is only valid until the next one is read. */
export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
}

/**
 * Encodes one frame: `secret` (none from the host), payload length (`u32`, little endian), kind
 * (`u8`), payload. The payload may be given in pieces, which saves joining them first.
 *
 * In a guest this runs after tool code, which may have replaced any global or prototype method, so
 * only captured functions touch the secret and its bytes are only read by index.
 */
// style-ok parameters: called for every frame, where an options object would be one more allocation.
export function encodeFrame(
  kind: FrameKind,
  pieces: readonly Uint8Array[],
  secret: Uint8Array | null = null,
): Uint8Array<ArrayBuffer> {
  let payloadBytes = 0;
  for (let i = 0; i < pieces.length; i++) payloadBytes += byteLength(pieces[i]!);
  const start = secret === null ? 0 : SECRET_BYTES;
  const frame = new Bytes(start + FRAME_HEADER_BYTES + payloadBytes);
  if (secret !== null) { for (let i = 0; i < SECRET_BYTES; i++) frame[i] = secret[i]!; }
  writeU32(frame, start, payloadBytes);
  frame[start + 4] = kind;
  let at = start + FRAME_HEADER_BYTES;
  for (let i = 0; i < pieces.length; i++) {
    setBytes(frame, pieces[i]!, at);
    at += byteLength(pieces[i]!);
  }
  return frame;
}

const Bytes = Uint8Array;
const setBytes: (target: Uint8Array, source: Uint8Array, at: number) => void = Function.prototype
  .call.bind(Uint8Array.prototype.set);

/**
 * How many bytes there are, asked of the engine: read as a property, a getter that tool code put on
 * the prototype would be handed the array.
 */
export const byteLength: (bytes: Uint8Array) => number = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "byteLength")!.get!,
);

/** Writes `value` as little-endian `u32`. */
// style-ok parameters: the same three as every writer into a buffer, called for every frame.
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = (value >>> 24) & 0xff;
}

/** Reads a little-endian `u32`. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>>
    0;
}

/** Four little-endian bytes of `value`. */
export function u32Bytes(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Bytes(4);
  writeU32(bytes, 0, value);
  return bytes;
}
