import type { EgressPort, EgressResponse } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type BodySender, IncomingBody, OutgoingBody } from "../protocol/body_window.ts";
import { FRAME_KINDS, u32Bytes } from "../protocol/frame.ts";
import type { GuestFrame } from "./read_guest_frame.ts";
import type { EgressFailure, HostMessage } from "../protocol/messages.ts";
import type { SandboxProcess } from "./sandbox_process.ts";

type RelayMessage = Extract<
  GuestFrame,
  { type: "request" | "data" | "end" | "cancel" | "credit" }
>;
type RequestMessage = Extract<RelayMessage, { type: "request" }>;

/** The call that a request belongs to. */
interface RequestOwner {
  readonly host: { readonly egress: EgressPort };
  /** The last request that was refused. */
  refused: EgressFailure | null;
}

interface Exchange {
  readonly owner: RequestOwner;
  readonly abort: AbortController;
  readonly requestBody: IncomingBody | null;
  responseBody: OutgoingBody | null;
}

/** Requests of one call that may be under way at once, whatever it is granted. */
const MAX_EXCHANGES = 64;

/**
 * The gateway's end of egress: turns a guest's request frames into {@linkcode EgressPort} requests
 * and streams bodies both ways within the agreed windows.
 */
export class EgressRelay {
  readonly #process: SandboxProcess;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #sender: BodySender;

  constructor(process: SandboxProcess) {
    this.#process = process;
    this.#sender = {
      data: (stream, bytes) => process.send(FRAME_KINDS.data, [u32Bytes(stream), bytes]),
      end: (stream) => this.#send({ type: "end", stream }),
      credit: (stream, bytes) => this.#send({ type: "credit", stream, bytes }),
    };
  }

  /**
   * Takes what a guest says about requests; `ownerOf` tells whose call it is. @returns `false` when
   * the guest sends more than it was allowed to.
   */
  onMessage(
    message: RelayMessage,
    ownerOf: (call: number | null) => RequestOwner | undefined,
  ): boolean {
    const exchange = this.#exchanges.get(message.stream);
    switch (message.type) {
      case "request":
        this.#open(message, ownerOf(message.call));
        return true;
      case "data":
        return exchange?.requestBody?.push(message.bytes) ?? true;
      case "end":
        exchange?.requestBody?.end();
        return true;
      case "credit":
        exchange?.responseBody?.credit(message.bytes);
        return true;
      case "cancel":
        this.#cancel(message.stream);
        return true;
    }
  }

  /** Aborts everything that is under way. */
  close(): void {
    for (const stream of [...this.#exchanges.keys()]) this.#cancel(stream);
  }

  /** Starts one request, or refuses it where the guest has no call that could own it. */
  #open(message: RequestMessage, owner: RequestOwner | undefined): void {
    const { stream } = message;
    if (owner === undefined) return this.#send({ type: "refused", stream, failure: NO_CALL });
    const onRefused = (failure: EgressFailure) => {
      owner.refused = failure;
    };
    if (this.#exchanges.has(stream) || this.#underWay(owner) >= MAX_EXCHANGES) {
      onRefused(TOO_MANY);
      return this.#send({ type: "refused", stream, failure: TOO_MANY });
    }
    const abort = new AbortController();
    const requestBody = message.hasBody
      ? new IncomingBody(stream, {
        sender: this.#sender,
        onCancel: () => this.#send({ type: "credit", stream, bytes: 0 }),
      })
      : null;
    const exchange: Exchange = { owner, abort, requestBody, responseBody: null };
    this.#exchanges.set(stream, exchange);
    const { method, url, headers, redirect } = message;
    const body = requestBody?.readable ?? null;
    owner.host.egress.request({ method, url, headers, redirect, body }, abort.signal)
      .then((response) => this.#answer(stream, exchange, response))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        const failure = failureOf(error);
        onRefused(failure);
        this.#send({ type: "refused", stream, failure });
      })
      .finally(() => {
        requestBody?.fail(new Error("the request has ended"));
        this.#exchanges.delete(stream);
      });
  }

  #underWay(owner: RequestOwner): number {
    let count = 0;
    for (const exchange of this.#exchanges.values()) if (exchange.owner === owner) count += 1;
    return count;
  }

  #cancel(stream: number): void {
    const exchange = this.#exchanges.get(stream);
    exchange?.abort.abort();
    exchange?.responseBody?.stop("cancelled by the tool");
    exchange?.requestBody?.fail(new Error("cancelled by the tool"));
  }

  async #answer(stream: number, exchange: Exchange, response: EgressResponse): Promise<void> {
    if (exchange.abort.signal.aborted) {
      await response.body?.cancel();
      return;
    }
    const { status, statusText, headers, url, redirected, body } = response;
    const head = { status, statusText, headers, url, redirected, hasBody: body !== null };
    this.#send({ type: "response", stream, ...head });
    if (body === null) return;
    exchange.responseBody = new OutgoingBody(stream, body, this.#sender);
    await exchange.responseBody.send();
  }

  #send(message: HostMessage): void {
    this.#process.sendMessage(message);
  }
}

const NO_CALL: EgressFailure = {
  code: "permission_denied",
  message: "Requesting over the network: no call is running",
  suggestion: "Make requests while the tool runs, not when its module loads or after it answered",
};

const TOO_MANY: EgressFailure = {
  code: "resource_limit",
  message: `Requesting over the network: ${MAX_EXCHANGES} requests are under way already`,
};

function failureOf(error: unknown): EgressFailure {
  if (error instanceof AirlockError) {
    const { code, message, suggestion } = error;
    return suggestion === undefined ? { code, message } : { code, message, suggestion };
  }
  return { code: "upstream_failed", message: "Requesting over the network: the connection failed" };
}
