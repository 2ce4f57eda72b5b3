import type { EgressPort, EgressRequest } from "../../spec/egress.ts";
import type { AskKind } from "./guest/host_bridge.ts";

/** Sends an answer into an instance: a kind, an id and what belongs to it. */
export type Answer = (
  kind: "answer" | "refuse",
  ...details: [id: number, json: string, bytes?: Uint8Array]
) => void;

interface Exchange {
  readonly abort: AbortController;
  readonly upload: WritableStreamDefaultWriter<Uint8Array>;
  download: ReadableStreamDefaultReader<Uint8Array> | null;
}

/** Requests that one instance may have open at a time. */
const MAX_OPEN = 512;

type RequestHead = Omit<EgressRequest, "body"> & { readonly hasBody: boolean };

/** The requests of one instance. Disposing ends those still open. */
export class InstanceRequests implements Disposable {
  readonly #port: EgressPort;
  readonly #answer: Answer;
  readonly #exchanges = new Map<number, Exchange>();

  constructor(port: EgressPort, answer: Answer) {
    this.#port = port;
    this.#answer = answer;
  }

  take(
    kind: AskKind,
    { id, json, bytes }: { id: number; json: string; bytes: Uint8Array<ArrayBuffer> },
  ): void {
    switch (kind) {
      case "request":
        return void this.#request(id, JSON.parse(json));
      case "send":
        return void this.#send(id, { exchange: this.#exchanges.get(Number(json)), bytes });
      case "end":
        return void this.#exchanges.get(id)?.upload.close().catch(() => {
          // A body that cannot be ended belongs to a request that has failed already.
        });
      case "read":
        return void this.#read(id, Number(json));
      case "cancel":
        return this.#cancel(id);
    }
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#exchanges.keys()]) this.#cancel(id);
  }

  async #request(id: number, { hasBody, ...head }: RequestHead): Promise<void> {
    if (this.#exchanges.size >= MAX_OPEN) {
      const message = `more than ${MAX_OPEN} requests are open`;
      return this.#answer("refuse", id, JSON.stringify({ code: "resource_limit", message }));
    }
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const exchange: Exchange = {
      abort: new AbortController(),
      upload: writable.getWriter(),
      download: null,
    };
    this.#exchanges.set(id, exchange);
    try {
      const { signal } = exchange.abort;
      const response = await this.#port.request(
        { ...head, body: hasBody ? readable : null },
        signal,
      );
      const { body, ...answer } = response;
      exchange.download = body?.getReader() ?? null;
      if (body === null) this.#exchanges.delete(id);
      this.#answer("answer", id, JSON.stringify({ ...answer, hasBody: body !== null }));
    } catch (error) {
      this.#exchanges.delete(id);
      this.#answer("refuse", id, refusalOf(error));
    }
  }

  async #send(
    step: number,
    { exchange, bytes }: { exchange: Exchange | undefined; bytes: Uint8Array<ArrayBuffer> },
  ): Promise<void> {
    try {
      await exchange?.upload.write(bytes);
      this.#answer("answer", step, exchange === undefined ? "stop" : "more");
    } catch {
      // Nobody takes the rest: the answer to the request itself says why.
      this.#answer("answer", step, "stop");
    }
  }

  async #read(step: number, id: number): Promise<void> {
    const reader = this.#exchanges.get(id)?.download;
    if (reader === undefined || reader === null) return this.#answer("answer", step, "");
    try {
      const { done, value } = await reader.read();
      if (!done) return this.#answer("answer", step, "", value);
      this.#exchanges.delete(id);
      this.#answer("answer", step, "");
    } catch (error) {
      this.#exchanges.delete(id);
      this.#answer("refuse", step, refusalOf(error));
    }
  }

  #cancel(id: number): void {
    const exchange = this.#exchanges.get(id);
    if (exchange === undefined) return;
    this.#exchanges.delete(id);
    exchange.abort.abort();
    for (const ending of [exchange.upload.abort(), exchange.download?.cancel()]) {
      ending?.catch(() => {
        // The other end is told by the abort; what the streams say about it is of no interest.
      });
    }
  }
}

function refusalOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "the connection failed";
  const code = error instanceof Error && "code" in error ? String(error.code) : "upstream_failed";
  return JSON.stringify({ code, message });
}
