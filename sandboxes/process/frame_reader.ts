import { Buffer } from "node:buffer";
import {
  type Frame,
  FRAME_HEADER_BYTES,
  type FrameKind,
  readU32,
  SECRET_BYTES,
} from "../protocol/frame.ts";

/** Where the pieces of a guest's output go. */
export interface FrameSink {
  /** `payload` is a view that later reads overwrite: decode it before returning. */
  onFrame(frame: Frame): void;
  /** Bytes written by something that does not know the secret: log output of the tool. */
  onStray(bytes: Uint8Array): void;
}

/** Raised when a frame announces more than may be read. */
export class FrameTooLargeError extends Error {
  override readonly name = "FrameTooLargeError";
  constructor(readonly frameBytes: number, readonly limitBytes: number) {
    super(`Reading a frame: ${frameBytes} bytes announced, ${limitBytes} allowed`);
  }
}

/**
 * Splits a guest's standard output into frames that begin with the secret, and stray bytes. A frame
 * may arrive in any number of pieces; stray bytes may stand before, between and after frames.
 */
export class FrameReader {
  readonly #secret: Buffer;
  readonly #sink: FrameSink;
  #pending: Buffer = EMPTY;
  /** A frame whose length is known and whose rest is on its way: room for all of it, made once. */
  #arriving: { readonly frame: Buffer; filledBytes: number } | null = null;
  /** Largest payload accepted; may be changed between pushes. */
  maxPayloadBytes: number;

  constructor(secret: Uint8Array, sink: FrameSink, options: { maxPayloadBytes: number }) {
    this.#secret = Buffer.from(secret);
    this.#sink = sink;
    this.maxPayloadBytes = options.maxPayloadBytes;
  }

  /** @throws {FrameTooLargeError} when a frame announces more than `maxPayloadBytes`. */
  push(bytes: Uint8Array): void {
    const input = this.#complete(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    let rest = this.#pending.length === 0 ? input : Buffer.concat([this.#pending, input]);
    this.#pending = EMPTY;
    while (rest.length > 0) {
      const start = this.#startOfFrame(rest);
      if (start > 0) {
        this.#sink.onStray(rest.subarray(0, start));
        rest = rest.subarray(start);
      }
      if (rest.length < PAYLOAD_AT) break;
      const payloadBytes = readU32(rest, SECRET_BYTES);
      if (payloadBytes > this.maxPayloadBytes) {
        throw new FrameTooLargeError(payloadBytes, this.maxPayloadBytes);
      }
      const frameBytes = PAYLOAD_AT + payloadBytes;
      if (rest.length < frameBytes) {
        const frame = Buffer.allocUnsafe(frameBytes);
        this.#arriving = { frame, filledBytes: rest.copy(frame) };
        return;
      }
      this.#handOver(rest.subarray(0, frameBytes));
      rest = rest.subarray(frameBytes);
    }
    // Copied, because the stream's own chunk may be reused once this returns.
    if (rest.length > 0) this.#pending = Buffer.from(rest);
  }

  /** Hands over what is left when the output has ended: an unfinished frame is stray too. */
  end(): void {
    const left = this.#arriving?.frame.subarray(0, this.#arriving.filledBytes) ?? this.#pending;
    if (left.length > 0) this.#sink.onStray(left);
    this.#pending = EMPTY;
    this.#arriving = null;
  }

  /**
   * Puts `input` where the frame under way needs it, and returns what belongs to later ones. Joining
   * pieces as they come instead would copy a large frame once for each of them.
   */
  #complete(input: Buffer): Buffer {
    const arriving = this.#arriving;
    if (arriving === null) return input;
    const taken = input.copy(arriving.frame, arriving.filledBytes);
    arriving.filledBytes += taken;
    if (arriving.filledBytes === arriving.frame.length) {
      this.#arriving = null;
      this.#handOver(arriving.frame);
    }
    return input.subarray(taken);
  }

  #handOver(frame: Buffer): void {
    const kind = frame[SECRET_BYTES + 4] as FrameKind;
    this.#sink.onFrame({ kind, payload: frame.subarray(PAYLOAD_AT) });
  }

  /** Where the next frame begins, or how many bytes surely belong to no frame. */
  #startOfFrame(rest: Buffer): number {
    if (this.#beginsWithSecret(rest)) return 0;
    const found = rest.indexOf(this.#secret);
    if (found >= 0) return found;
    // The last bytes may be the beginning of a secret that is still on its way.
    for (let kept = Math.min(SECRET_BYTES - 1, rest.length); kept > 0; kept--) {
      const at = rest.length - kept;
      if (rest.compare(this.#secret, 0, kept, at, rest.length) === 0) return at;
    }
    return rest.length;
  }

  /** The usual case, read by index: a comparing method costs as much as all else that is done here. */
  #beginsWithSecret(rest: Buffer): boolean {
    const secret = this.#secret;
    const head = Math.min(rest.length, SECRET_BYTES);
    for (let at = 0; at < head; at++) if (rest[at] !== secret[at]) return false;
    return true;
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
const PAYLOAD_AT = SECRET_BYTES + FRAME_HEADER_BYTES;
