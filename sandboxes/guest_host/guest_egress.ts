import type { EgressPort, EgressRequest, EgressResponse } from "../../spec/egress.ts";
import { type BodySender, IncomingBody, OutgoingBody } from "../protocol/body_window.ts";
import type { EgressFailure, HostMessage } from "../protocol/messages.ts";
import type { GuestChannel } from "./guest_channel.ts";

interface Exchange {
  readonly settle: PromiseWithResolvers<EgressResponse>;
  readonly upload: OutgoingBody | null;
  download: IncomingBody | null;
}

/** What a refused or failed request rejects with; guest code turns it into a `TypeError`. */
export class EgressError extends Error {
  override readonly name = "EgressError";
  readonly code: string;
  readonly suggestion: string | undefined;

  constructor(failure: EgressFailure) {
    const hint = failure.suggestion === undefined ? "" : `. ${failure.suggestion}`;
    super(`${failure.message}${hint}`);
    this.code = failure.code;
    this.suggestion = failure.suggestion;
  }
}

/** The guest's end of egress: requests become frames, bodies are streamed within windows. */
export class GuestEgress implements EgressPort {
  readonly #channel: GuestChannel;
  readonly #currentCall: () => number | null;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #sender: BodySender;
  #nextStream = 1;

  constructor(channel: GuestChannel, currentCall: () => number | null) {
    this.#channel = channel;
    this.#currentCall = currentCall;
    this.#sender = {
      data: (stream, bytes) => channel.sendData(stream, bytes),
      end: (stream) => channel.send({ type: "end", stream }),
      credit: (stream, bytes) => channel.send({ type: "credit", stream, bytes }),
    };
  }

  request(request: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    const stream = this.#nextStream++;
    const { method, url, headers, redirect, body } = request;
    if (headCharacters(request) > MAX_HEAD_CHARACTERS) {
      return Promise.reject(new EgressError(HEAD_TOO_LARGE));
    }
    const upload = body === null ? null : new OutgoingBody(stream, body, this.#sender);
    const exchange: Exchange = { settle: Promise.withResolvers(), upload, download: null };
    this.#exchanges.set(stream, exchange);
    const call = this.#currentCall();
    const hasBody = body !== null;
    this.#channel.send({ type: "request", call, stream, method, url, headers, hasBody, redirect });
    // A body that cannot be read to its end is a request that cannot be made.
    upload?.send().catch((error: unknown) => this.#abandon(stream, error));
    const onAbort = () => this.#abandon(stream, signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    return exchange.settle.promise;
  }

  /** Takes a message that belongs to an exchange. */
  onMessage(message: HostMessage): void {
    switch (message.type) {
      case "response": {
        const exchange = this.#exchanges.get(message.stream);
        if (exchange === undefined) return;
        const { status, statusText, headers, url, redirected, hasBody, stream } = message;
        if (hasBody) {
          exchange.download = new IncomingBody(stream, {
            sender: this.#sender,
            onCancel: () => this.#forget(stream, true),
          });
        } else {
          this.#forget(stream, false);
        }
        const body = exchange.download?.readable ?? null;
        return exchange.settle.resolve({ status, statusText, headers, url, redirected, body });
      }
      case "end":
        this.#exchanges.get(message.stream)?.download?.end();
        return this.#forget(message.stream, false);
      case "refused": {
        const exchange = this.#exchanges.get(message.stream);
        const error = new EgressError(message.failure);
        exchange?.settle.reject(error);
        exchange?.download?.fail(error);
        return this.#forget(message.stream, false);
      }
      case "credit":
        // No credit at all means that the gateway wants no more of this body.
        if (message.bytes === 0) this.#exchanges.get(message.stream)?.upload?.stop("not wanted");
        else this.#exchanges.get(message.stream)?.upload?.credit(message.bytes);
        return;
    }
  }

  onData(stream: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#exchanges.get(stream)?.download?.push(bytes);
  }

  #abandon(stream: number, reason: unknown): void {
    const exchange = this.#exchanges.get(stream);
    if (exchange === undefined) return;
    exchange.settle.reject(reason);
    exchange.download?.fail(reason);
    this.#forget(stream, true);
  }

  #forget(stream: number, tellHost: boolean): void {
    const exchange = this.#exchanges.get(stream);
    if (exchange === undefined) return;
    this.#exchanges.delete(stream);
    exchange.upload?.stop("the request has ended");
    if (tellHost) this.#channel.send({ type: "cancel", stream });
  }
}

/** Characters of address and headers: well within a frame, and more than servers take. */
const MAX_HEAD_CHARACTERS = 64 * 1024;

const HEAD_TOO_LARGE: EgressFailure = {
  code: "invalid_input",
  message:
    `Requesting over the network: address and headers hold more than ${MAX_HEAD_CHARACTERS} characters`,
  suggestion: "Send what is large in the body of a POST request",
};

function headCharacters({ method, url, headers }: EgressRequest): number {
  let characters = method.length + url.length;
  for (let index = 0; index < headers.length; index++) {
    const header = headers[index]!;
    characters += header[0].length + header[1].length;
  }
  return characters;
}
