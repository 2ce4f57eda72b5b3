import { type GuestEventLoop, openEventLoop } from "./guest_event_loop.ts";
import { messageText } from "./guest_message_text.ts";
import {
  byteLength,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FRAME_KINDS,
  type FrameKind,
  readU32,
  SECRET_BYTES,
  u32Bytes,
} from "../protocol/frame.ts";
import type { GuestMessage } from "../protocol/messages.ts";

/** A frame from the gateway. */
export interface HostFrame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array<ArrayBuffer>;
}

// Captured before tool code can replace them. No array that holds the secret is ever the receiver of
// a method or getter that tool code could have put on a prototype, and none is cut by `subarray` or
// `slice`, which ask the array for its `constructor`: views are made from the buffer instead.
const Bytes = Uint8Array;
const readInput = Deno.stdin.read.bind(Deno.stdin);
const readInputSync = Deno.stdin.readSync.bind(Deno.stdin);
const writeOutput = Deno.stdout.writeSync.bind(Deno.stdout);
const encode = TextEncoder.prototype.encode.bind(new TextEncoder());
const set: (target: Uint8Array, source: Uint8Array, at: number) => void = Function.prototype.call
  .bind(Uint8Array.prototype.set);
const fill: (target: Uint8Array, value: number) => void = Function.prototype.call
  .bind(Uint8Array.prototype.fill);
const bufferOf: (bytes: Uint8Array<ArrayBuffer>) => ArrayBuffer = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "buffer")!.get!,
);
const setFloat64: (view: DataView, at: number, value: number, little: boolean) => void = Function
  .prototype.call.bind(DataView.prototype.setFloat64);
const View = DataView;

/** Bytes asked from standard input at a time. */
const READ_BYTES = 64 * 1024;
const MOST_KEPT_BYTES = 4 * READ_BYTES;

/**
 * The guest's end of the frame channel. The secret that makes its frames believed is read from the
 * first frame, before any tool code is loaded, and lives in a private field of an object that tool
 * code never gets hold of.
 */
export class GuestChannel {
  readonly #secret: Uint8Array;
  readonly #input: HostInput;

  private constructor(secret: Uint8Array, input: HostInput) {
    this.#secret = secret;
    this.#input = input;
  }

  /** Reads the secret; to be called first of all. */
  static async open(): Promise<GuestChannel> {
    const input = new HostInput();
    const first = await input.next(() => false);
    if (first === null || first.kind !== FRAME_KINDS.secret) Deno.exit(2);
    const secret = copyOf(first.payload, { from: 0, count: SECRET_BYTES });
    fill(first.payload, 0);
    input.forget();
    return new GuestChannel(secret, input);
  }

  /**
   * The next frame from the gateway; `null` when the gateway has gone. `isIdle` tells whether nothing
   * is waited for but that frame; it is asked when everything that is ready to run has run.
   */
  next(isIdle: () => boolean = () => false): Promise<HostFrame | null> {
    return this.#input.next(isIdle);
  }

  send(message: GuestMessage): void {
    this.#write(FRAME_KINDS.message, [encode(messageText(message))]);
  }

  sendResult(call: number, { toolMs, jsonText }: { toolMs: number; jsonText: string }): void {
    const milliseconds = new Bytes(8);
    setFloat64(new View(bufferOf(milliseconds)), 0, toolMs, true);
    this.#write(FRAME_KINDS.result, [u32Bytes(call), milliseconds, encode(jsonText)]);
  }

  sendChunk(call: number, jsonText: string): void {
    this.#write(FRAME_KINDS.chunk, [u32Bytes(call), encode(jsonText)]);
  }

  sendData(stream: number, bytes: Uint8Array): void {
    this.#write(FRAME_KINDS.data, [u32Bytes(stream), bytes]);
  }

  /** Writing is synchronous, so nothing that the tool does can come between parts of a frame. */
  #write(kind: FrameKind, pieces: readonly Uint8Array[]): void {
    const frame = encodeFrame(kind, pieces, this.#secret);
    const frameBytes = byteLength(frame);
    let at = 0;
    while (at < frameBytes) {
      at += writeOutput(at === 0 ? frame : new Bytes(bufferOf(frame), at));
    }
  }
}

function copyOf(
  bytes: Uint8Array<ArrayBuffer>,
  { from, count }: { from: number; count: number },
): Uint8Array<ArrayBuffer> {
  const copy = new Bytes(count);
  set(copy, new Bytes(bufferOf(bytes), from, count), 0);
  return copy;
}

/** Splits standard input into frames; frames to a guest carry no secret. */
class HostInput {
  #buffer: Uint8Array<ArrayBuffer> = new Bytes(READ_BYTES);
  #start = 0;
  #end = 0;
  readonly #loop: GuestEventLoop | null = openEventLoop();

  async next(isIdle: () => boolean): Promise<HostFrame | null> {
    for (;;) {
      const held = this.#end - this.#start;
      if (held >= FRAME_HEADER_BYTES) {
        const payloadBytes = readU32(this.#buffer, this.#start);
        const frameBytes = FRAME_HEADER_BYTES + payloadBytes;
        if (held >= frameBytes) {
          const from = this.#start + FRAME_HEADER_BYTES;
          const kind = this.#buffer[this.#start + 4] as FrameKind;
          this.#start += frameBytes;
          const payload = copyOf(this.#buffer, { from, count: payloadBytes });
          // Without a prototype, so that a planted `then` cannot make a thenable of it.
          return { __proto__: null, kind, payload } as HostFrame;
        }
        this.#makeRoom(frameBytes);
      } else {
        this.#makeRoom(FRAME_HEADER_BYTES);
      }
      const room = new Bytes(bufferOf(this.#buffer), this.#end);
      const count = await this.#mayBlock(isIdle) ? readInputSync(room) : await readInput(room);
      if (count === null) return null;
      this.#end += count;
    }
  }

  /**
   * Whether the whole process may stand still until the gateway speaks. Deno hands a read that must
   * not block to another thread, which costs ten times as much as waiting for it here; but then
   * nothing else may be left that would have run meanwhile.
   */
  async #mayBlock(isIdle: () => boolean): Promise<boolean> {
    const loop = this.#loop;
    if (loop === null || !loop.isProven) return false;
    await loop.turn();
    return isIdle() && !loop.hasWork();
  }

  /** Wipes what was read so far out of memory. */
  forget(): void {
    fill(new Bytes(bufferOf(this.#buffer), 0, this.#start), 0);
  }

  /** Makes sure that a frame of `frameBytes` fits, and that there is room to read more of it. */
  #makeRoom(frameBytes: number): void {
    const held = this.#end - this.#start;
    // The usual case, since a gateway sends one frame at a time: nothing has to be moved.
    if (held === 0) this.#start = this.#end = 0;
    // A buffer that grew for one large frame is not kept.
    if (held === 0 && byteLength(this.#buffer) > MOST_KEPT_BYTES) {
      this.#buffer = new Bytes(READ_BYTES);
    }
    const roomBytes = byteLength(this.#buffer);
    if (roomBytes - this.#start >= frameBytes && this.#end < roomBytes) return;
    const size = frameBytes > READ_BYTES ? frameBytes : READ_BYTES;
    const next = new Bytes(size + READ_BYTES);
    set(next, new Bytes(bufferOf(this.#buffer), this.#start, held), 0);
    this.#start = 0;
    this.#end = held;
    this.#buffer = next;
  }
}
