import { nextTick } from "node:process";
import { Readable } from "node:stream";
import type { EgressResponse } from "../../spec/egress.ts";
import type { GuestSocket } from "./guest_node_socket.ts";

// The headers that Node keeps the first of, where others are joined.
const FIRST_ONLY = new Set(
  ("age authorization content-length content-type etag expires from host if-modified-since " +
    "if-unmodified-since last-modified location max-forwards proxy-authorization referer " +
    "retry-after server user-agent").split(" "),
);

/** An answer in the shape of Node's `IncomingMessage`. */
export class GuestIncomingMessage extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Record<string, string | string[]>;
  readonly headersDistinct: Record<string, string[]>;
  readonly rawHeaders: string[];
  readonly httpVersion = "1.1";
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly trailers = {};
  readonly rawTrailers: string[] = [];
  readonly url = "";
  readonly method = null;
  readonly socket: GuestSocket;
  readonly connection: GuestSocket;
  complete = false;
  aborted = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | null;

  constructor(response: EgressResponse, socket: GuestSocket) {
    super();
    this.statusCode = response.status;
    this.statusMessage = response.statusText;
    this.rawHeaders = response.headers.flatMap(([name, value]) => [name, value]);
    this.headersDistinct = distinct(response.headers);
    this.headers = joined(this.headersDistinct);
    this.socket = this.connection = socket;
    this.#reader = response.body?.getReader() ?? null;
  }

  setTimeout(timeoutMs: number, listener?: () => void): this {
    this.socket.setTimeout(timeoutMs, listener);
    return this;
  }

  override _read(): void {
    if (this.#reader === null) return this.#finish();
    this.#reader.read().then(({ done, value }) => {
      this.socket.touch();
      if (done) this.#finish();
      else if (value.byteLength === 0) this._read();
      else this.push(value);
    }).catch((cause: unknown) => {
      this.aborted = true;
      this.emit("aborted");
      this.destroy(resetError(cause));
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.complete) {
      this.#reader?.cancel(error).catch(() => {
        // The stream may have failed already; then there is nothing left to cancel.
      });
    }
    // As in Node: an answer that nobody watches ends without an error that nobody would catch.
    nextTick(() => callback(this.listenerCount("error") === 0 ? null : error));
  }

  #finish(): void {
    this.complete = true;
    this.push(null);
  }
}

/** What Node reports when the other side, or we, end an exchange half-way. */
export function resetError(cause?: unknown): Error {
  const message = cause instanceof Error ? cause.message : "aborted";
  return Object.assign(new Error(message, { cause }), { code: "ECONNRESET" });
}

function distinct(headers: EgressResponse["headers"]): Record<string, string[]> {
  // Without a prototype, as in Node, so that no header name means anything to JavaScript.
  const all: Record<string, string[]> = Object.create(null);
  for (const [name, value] of headers) (all[name.toLowerCase()] ??= []).push(value);
  return all;
}

function joined(all: Readonly<Record<string, string[]>>): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const [name, values] of Object.entries(all)) {
    if (name === "set-cookie") headers[name] = values;
    else if (FIRST_ONLY.has(name)) headers[name] = values[0]!;
    else headers[name] = values.join(name === "cookie" ? "; " : ", ");
  }
  return headers;
}
