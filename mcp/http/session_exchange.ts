import type {
  JSONRPCMessage,
  RequestId,
  Transport,
  TransportSendOptions,
} from "@modelcontextprotocol/server";

/** How one answer is carried. */
export interface ExchangeTimes {
  /** A request that is not answered by then is answered by a stream. */
  readonly patienceMs: number;
  /** Between comments that keep proxies from closing a silent stream. */
  readonly heartbeatMs: number;
}

/** What holds unless a test says otherwise. */
export const EXCHANGE_TIMES: ExchangeTimes = { patienceMs: 1_000, heartbeatMs: 15_000 };

const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/**
 * One request of the session era, or several of one body, and the answer: plain JSON where nothing is
 * said before the results and they come soon, else an event stream. A stream for each call, as the
 * SDK's own transport has it, costs more than most calls.
 */
export class SessionExchange implements Transport {
  /** What the client is answered, as soon as it is known how. */
  readonly response: Promise<Response>;
  onclose?: Transport["onclose"];
  onerror?: Transport["onerror"];
  onmessage?: Transport["onmessage"];
  readonly #answered = Promise.withResolvers<Response>();
  readonly #waiting: Set<RequestId>;
  readonly #isBatch: boolean;
  readonly #times: ExchangeTimes;
  readonly #results: JSONRPCMessage[] = [];
  readonly #encoder = new TextEncoder();
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(
    ids: readonly RequestId[],
    { isBatch, times = EXCHANGE_TIMES }: {
      readonly isBatch: boolean;
      readonly times?: ExchangeTimes;
    },
  ) {
    this.#waiting = new Set(ids);
    this.#isBatch = isBatch;
    this.#times = times;
    this.response = this.#answered.promise;
  }

  start(): Promise<void> {
    this.#timer = setTimeout(() => this.#beginStream(), this.#times.patienceMs);
    return Promise.resolve();
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if ("method" in message) {
      // What belongs to no request has no stream to go by.
      if (options?.relatedRequestId === undefined) return Promise.resolve();
      this.#beginStream();
      this.#write(message);
      return Promise.resolve();
    }
    if (message.id !== undefined) this.#waiting.delete(message.id);
    if (this.#stream !== undefined) this.#write(message);
    else this.#results.push(message);
    return this.#waiting.size > 0 ? Promise.resolve() : this.close();
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (this.#stream !== undefined) this.#stream.close();
    else this.#answered.resolve(this.#plain());
    this.onclose?.();
    return Promise.resolve();
  }

  /** A cancelled request has no result, so that there may be nothing to say. */
  #plain(): Response {
    const [first] = this.#results;
    if (first === undefined) return new Response(null, { status: 202 });
    return Response.json(this.#isBatch ? this.#results : first);
  }

  #beginStream(): void {
    if (this.#stream !== undefined || this.#isClosed) return;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#stream = controller),
      cancel: () => {
        // Nobody reads on: what still runs is ended with the server.
        this.#isClosed = true;
        clearInterval(this.#timer);
        this.onclose?.();
      },
    });
    clearTimeout(this.#timer);
    this.#timer = setInterval(
      () => this.#stream?.enqueue(this.#encoder.encode(": alive\n\n")),
      this.#times.heartbeatMs,
    );
    for (const result of this.#results) this.#write(result);
    this.#answered.resolve(new Response(body, { headers: STREAM_HEADERS }));
  }

  #write(message: JSONRPCMessage): void {
    const text = `event: message\ndata: ${JSON.stringify(message)}\n\n`;
    this.#stream?.enqueue(this.#encoder.encode(text));
  }
}
