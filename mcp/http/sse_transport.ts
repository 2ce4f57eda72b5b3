import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";

/** Options of {@linkcode SseTransport}. */
export interface SseTransportOptions {
  readonly sessionId: string;
  /** Where the client posts to, from the root of the gateway; absent where it knows. */
  readonly endpoint?: string;
  /** Between comments that keep proxies from closing a silent connection. */
  readonly heartbeatMs: number;
  /** Most bytes that wait for a client that does not read. */
  readonly maxWaitingBytes: number;
}

/** One event stream to a client, with posts beside it: the whole of the transport before streamable HTTP. */
export class SseTransport implements Transport {
  readonly sessionId: string;
  /** Body of the answer to the client's `GET`. */
  readonly body: ReadableStream<Uint8Array>;
  onclose?: Transport["onclose"];
  onerror?: Transport["onerror"];
  onmessage?: Transport["onmessage"];
  readonly #options: SseTransportOptions;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(options: SseTransportOptions) {
    this.#options = options;
    this.sessionId = options.sessionId;
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.#end(() => {}),
    }, new ByteLengthQueuingStrategy({ highWaterMark: options.maxWaitingBytes }));
  }

  start(): Promise<void> {
    const { endpoint } = this.#options;
    // A comment at once: some clients wait for the first bytes.
    this.#write(endpoint === undefined ? ": open\n\n" : `event: endpoint\ndata: ${endpoint}\n\n`);
    this.#heartbeat = setInterval(() => this.#write(": alive\n\n"), this.#options.heartbeatMs);
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#end((controller) => controller.close());
    return Promise.resolve();
  }

  #write(text: string): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    controller.enqueue(this.#encoder.encode(text));
    // It does not read: what it has asked for would wait here for good.
    const isFull = (controller.desiredSize ?? 0) <= 0;
    if (isFull) this.#end((late) => late.error(new Error("send event: the client does not read")));
  }

  #end(finish: (controller: ReadableStreamDefaultController<Uint8Array>) => void): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#controller = undefined;
    clearInterval(this.#heartbeat);
    finish(controller);
    this.onclose?.();
  }
}
