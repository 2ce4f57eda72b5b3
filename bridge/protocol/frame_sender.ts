import { PROTOCOL_LIMITS } from "./protocol_limits.ts";
import { splitMessage } from "./split_message.ts";

/** What of a WebSocket frames are written to. */
export type FrameSocket = Pick<WebSocket, "send" | "readyState" | "bufferedAmount">;

/** How often a socket that is behind is looked at. */
const LOOK_MS = 5;

const OPEN = 1;

/**
 * Writes messages to a socket no faster than the other end reads: what is on its way stays below
 * `highWaterBytes`, the rest waits here. Writing to a socket that is not open is silently dropped:
 * whoever needs an answer hears of the end. Disposing drops what waits.
 */
export class FrameSender implements Disposable {
  readonly #socket: FrameSocket;
  readonly #onFull: () => void;
  #queue: string[] = [];
  #queuedCharacters = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onFull` is called when more waits than ever should: the other end reads nothing. */
  constructor(socket: FrameSocket, { onFull }: { readonly onFull: () => void }) {
    this.#socket = socket;
    this.#onFull = onFull;
  }

  /** Sends a message in its turn. */
  send(message: object): void {
    this.write(JSON.stringify(message));
  }

  /** As {@linkcode send}, of a message that is written out already. */
  write(text: string): void {
    if (this.#socket.readyState !== OPEN) return;
    for (const frame of splitMessage(text)) {
      this.#queue.push(frame);
      this.#queuedCharacters += frame.length;
    }
    this.#pump();
    if (this.#queuedCharacters > PROTOCOL_LIMITS.maxQueuedCharacters) this.#onFull();
  }

  #pump(): void {
    if (this.#timer !== undefined) return;
    let sent = 0;
    for (const frame of this.#queue) {
      if (this.#socket.readyState !== OPEN) return this[Symbol.dispose]();
      if (this.#socket.bufferedAmount > PROTOCOL_LIMITS.highWaterBytes) break;
      this.#socket.send(frame);
      this.#queuedCharacters -= frame.length;
      sent++;
    }
    this.#queue = this.#queue.slice(sent);
    if (this.#queue.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#pump();
    }, LOOK_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue = [];
    this.#queuedCharacters = 0;
  }
}
