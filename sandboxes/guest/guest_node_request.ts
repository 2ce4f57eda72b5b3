import { nextTick } from "node:process";
import type { Writable } from "node:stream";
import { setImmediate } from "node:timers";
import type { EgressPort } from "../../spec/egress.ts";
import type { NodeTarget } from "./guest_node_options.ts";
import { GuestOutgoingMessage } from "./guest_node_headers.ts";
import { GuestIncomingMessage, resetError } from "./guest_node_response.ts";
import { GuestSocket } from "./guest_node_socket.ts";

const { AbortController, ReadableStream } = globalThis;

/**
 * A request in the shape of Node's `ClientRequest`, made through an egress port. Redirects are not
 * followed, as in Node. A body that is given in one piece goes out with its length.
 */
export class GuestClientRequest extends GuestOutgoingMessage {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  readonly agent: unknown;
  readonly reusedSocket = false;
  readonly socket: GuestSocket;
  readonly connection: GuestSocket;
  maxHeadersCount: number | null = null;
  shouldKeepAlive = false;
  aborted = false;
  finished = false;
  timeout: number | undefined;
  res: GuestIncomingMessage | null = null;

  readonly #port: EgressPort;
  readonly #url: URL;
  readonly #abort = new AbortController();
  #held: Uint8Array | null = null;
  #body: ReadableStreamDefaultController<Uint8Array> | null = null;
  #onPull: (() => void) | null = null;
  #over = false;

  constructor(port: EgressPort, target: NodeTarget) {
    super();
    this.#port = port;
    this.#url = target.url;
    this.method = target.method;
    this.path = target.url.pathname + target.url.search;
    this.host = target.url.hostname;
    this.protocol = target.url.protocol;
    this.agent = target.options.agent;
    for (const [name, value] of target.headers) this.setHeader(name, value);
    this.socket = this.connection = new GuestSocket(
      this.protocol === "https:",
      (error) => void this.destroy(error),
    );
    this.socket.on("timeout", () => this.emit("timeout"));
    if (target.options.timeout) this.setTimeout(target.options.timeout);
    this.#follow(target.options.signal);
    nextTick(() => {
      if (!this.destroyed) this.emit("socket", this.socket);
    });
  }

  flushHeaders(): void {
    if (!this.headersSent && !this.destroyed && this.#expectsBody()) this.#sendStream();
  }
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}

  setTimeout(timeoutMs: number, listener?: () => void): this {
    this.timeout = timeoutMs;
    if (listener !== undefined) this.once("timeout", listener);
    this.socket.setTimeout(timeoutMs);
    return this;
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit("abort"));
    this.destroy();
  }

  override _write(...[chunk, , done]: Parameters<Writable["_write"]>): void {
    this.socket.touch();
    if (!this.headersSent && this.#held === null) {
      // Perhaps all there is: wait for a second piece or the end.
      this.#held = chunk;
      setImmediate(() => {
        if (!this.headersSent && !this.destroyed) this.#sendStream();
      });
      return done();
    }
    if (!this.headersSent) this.#sendStream();
    if (this.#body === null) return done();
    this.#body.enqueue(chunk);
    if ((this.#body.desiredSize ?? 1) > 0) done();
    else this.#onPull = done;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.finished = true;
    if (!this.headersSent) this.#sendWhole();
    else this.#closeBody();
    done();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const reason = error ?? (this.#over || this.res !== null ? null : hangUp());
    this.#abort.abort(reason ?? new DOMException("The request was destroyed", "AbortError"));
    this.#onPull?.();
    if (this.res !== null && !this.res.complete) {
      this.res.aborted = true;
      this.res.emit("aborted");
      this.res.destroy(error ?? resetError());
    }
    this.socket.release();
    callback(reason);
  }

  #expectsBody(): boolean {
    return !/^(GET|HEAD|DELETE|OPTIONS)$/.test(this.method);
  }

  #sendWhole(): void {
    const bytes = this.#held;
    const length = bytes?.byteLength ?? 0;
    if (bytes === null || length === 0) return this.#send(null, null);
    this.#send(
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes);
          controller.close();
        },
      }),
      length,
    );
  }

  #sendStream(): void {
    const first = this.#held;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#body = controller;
        if (first !== null) controller.enqueue(first);
      },
      pull: () => {
        const done = this.#onPull;
        this.#onPull = null;
        done?.();
      },
      // The other side wants no more: what comes is dropped, the answer decides.
      cancel: () => {
        this.#body = null;
        this.#onPull?.();
      },
    });
    this.#send(body, null);
  }

  #closeBody(): void {
    this.#body?.close();
    this.#body = null;
  }

  #send(body: ReadableStream<Uint8Array> | null, lengthBytes: number | null): void {
    this.headersSent = true;
    const headers = this.headerPairs().filter(([name]) =>
      lengthBytes === null || name.toLowerCase() !== "content-length"
    );
    if (lengthBytes !== null) headers.push(["content-length", `${lengthBytes}`]);
    const { method } = this;
    this.#port.request(
      { method, url: this.#url.href, headers, body, redirect: "manual" },
      this.#abort.signal,
    ).then((response) => {
      if (this.destroyed) return response.body?.cancel();
      this.socket.touch();
      const incoming = new GuestIncomingMessage(response, this.socket);
      this.res = incoming;
      Object.assign(incoming, { req: this });
      incoming.on("close", () => this.#finish());
      // Nobody listens: Node reads such an answer to its end.
      if (!this.emit("response", incoming)) incoming.resume();
    }).catch((cause: unknown) => {
      if (!this.destroyed) this.destroy(nodeError(cause, this.host));
    });
  }

  #finish(): void {
    this.#over = true;
    this.destroy();
  }

  #follow(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const onAbort = () => {
      const error = new Error("The operation was aborted", { cause: signal.reason });
      this.destroy(Object.assign(error, { name: "AbortError", code: "ABORT_ERR" }));
    };
    if (signal.aborted) return nextTick(onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    this.once("close", () => signal.removeEventListener("abort", onAbort));
  }
}

function hangUp(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}

/** A failure of the port as Node's client would report it, with the port's words. */
function nodeError(cause: unknown, hostname: string): Error {
  const known = cause instanceof Error ? cause : new Error("the connection failed");
  const code = "code" in known ? NODE_CODES[String(known.code)] : undefined;
  return Object.assign(new Error(known.message, { cause }), {
    code: code ?? "ECONNREFUSED",
    syscall: "connect",
    hostname,
  });
}

const NODE_CODES: Readonly<Record<string, string>> = {
  permission_denied: "EACCES",
  invalid_input: "EINVAL",
  resource_limit: "EDQUOT",
  deadline_exceeded: "ETIMEDOUT",
  upstream_failed: "ECONNREFUSED",
};
