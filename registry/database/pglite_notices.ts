import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { OnNotice } from "./hear.ts";
import { HEADER_BYTES, simpleQuery } from "./protocol_messages.ts";

const NOTIFICATION = "A".charCodeAt(0);

/** After its header a notification has the id of a process, then the channel and the payload. */
const PROCESS_BYTES = 4;

/** Most that a connection has not read: one that has stopped must not have all kept that is ever told. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * Notifications of PGlite. Its only backend listens for all connections, and says what it hears at the
 * end of whatever answer comes next.
 */
export class PgliteNotices {
  readonly #listeners = new Map<string, Set<OnNotice>>();
  readonly #relays = new Set<Duplex>();

  /** Tells of what is said on a channel, a plain lower-case name, until disposed. Opens nothing. */
  hear(channel: string, onNotice: OnNotice): AsyncDisposable {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    listeners.add(onNotice);
    return {
      [Symbol.asyncDispose]() {
        listeners.delete(onNotice);
        return Promise.resolve();
      },
    };
  }

  /**
   * Queries by which a backend listens to what it does not listen to yet.
   * @param listening Channels that it listens to; those that it then does as well are added.
   */
  *queries(listening: Set<string>): Generator<Uint8Array> {
    for (const channel of this.#listeners.keys()) {
      if (listening.has(channel)) continue;
      listening.add(channel);
      yield simpleQuery(`listen "${channel}"`);
    }
  }

  /**
   * Says on a connection what the answers of others bring, until disposed: PostgreSQL lets a backend
   * say it at any time, and whoever has not asked to hear passes over it.
   */
  relay(line: Duplex): Disposable {
    this.#relays.add(line);
    return { [Symbol.dispose]: () => void this.#relays.delete(line) };
  }

  /** Tells of the notifications in an answer of whole messages, which `line` gets by itself. */
  tell(answer: Uint8Array, line?: Duplex): void {
    const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
    if (this.#relays.size > 0) {
      for (const said of notificationsOf(bytes)) {
        for (const relay of this.#relays) if (relay !== line) pass(relay, said);
      }
    }
    for (const [channel, listeners] of this.#listeners) {
      // Nearly all answers have none, and are not walked through.
      if (listeners.size === 0 || !bytes.includes(`${channel}\0`, 0, "latin1")) continue;
      for (const payload of payloadsOf(bytes, channel)) {
        for (const onNotice of listeners) onNotice(payload);
      }
    }
  }
}

function pass(relay: Duplex, said: Buffer): void {
  if (relay.readableLength > MAX_UNREAD_BYTES) relay.destroy();
  else relay.push(Buffer.from(said));
}

function* payloadsOf(bytes: Buffer, channel: string): Generator<string> {
  for (const said of notificationsOf(bytes)) {
    const [name, payload] = said.toString("utf8", HEADER_BYTES + PROCESS_BYTES).split("\0");
    if (name === channel && payload !== undefined) yield payload;
  }
}

function* notificationsOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (bytes[at] === NOTIFICATION) yield bytes.subarray(at, end);
    at = end;
  }
}
