import type { EgressPort, EgressRequest, EgressResponse } from "../../../../spec/egress.ts";
import type { HostBridge } from "../host_bridge.ts";
import type { PendingAnswers } from "./pending_answers.ts";

/** Bytes of a request body that go out at once. */
const PIECE_BYTES = 64 * 1024;
const NOTHING = new Uint8Array(0);

/** The network as the host gives it: bodies are pulled piece by piece, in both directions. */
export class BridgedEgress implements EgressPort {
  readonly #bridge: HostBridge;
  readonly #pending: PendingAnswers;
  readonly #stringify = JSON.stringify;
  readonly #parse: (text: string) => Omit<EgressResponse, "body"> & { hasBody: boolean } =
    JSON.parse;

  constructor(bridge: HostBridge, pending: PendingAnswers) {
    this.#bridge = bridge;
    this.#pending = pending;
  }

  async request(request: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    const { method, url, headers, redirect, body } = request;
    const hasBody = body !== null;
    const json = this.#stringify({ method, url, headers, redirect, hasBody });
    const { id, answer } = this.#pending.ask((id) =>
      this.#bridge.ask("request", id, json, NOTHING)
    );
    const onAbort = () => {
      this.#bridge.ask("cancel", id, "", NOTHING);
      this.#pending.refuse(id, signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (body !== null) void this.#upload(id, body);
    const { json: head } = await answer;
    const { hasBody: answersWithBody, ...response } = this.#parse(head);
    return { ...response, body: answersWithBody ? this.#download(id, signal) : null };
  }

  async #upload(id: number, body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    try {
      for (let item = await reader.read(); !item.done; item = await reader.read()) {
        const bytes = new Uint8Array(item.value);
        for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
          const piece = bytes.subarray(at, at + PIECE_BYTES);
          const step = this.#pending.ask((step) =>
            this.#bridge.ask("send", step, String(id), piece)
          );
          const { json } = await step.answer;
          if (json !== "more") return void reader.cancel();
        }
      }
      this.#bridge.ask("end", id, "", NOTHING);
    } catch (error) {
      this.#bridge.ask("cancel", id, "", NOTHING);
      this.#pending.refuse(id, error);
    }
  }

  #download(id: number, signal: AbortSignal): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const step = this.#pending.ask((step) =>
          this.#bridge.ask("read", step, String(id), NOTHING)
        );
        const stop = () => this.#pending.refuse(step.id, signal.reason);
        signal.addEventListener("abort", stop, { once: true });
        if (signal.aborted) stop();
        try {
          const { bytes } = await step.answer;
          if (bytes === null) controller.close();
          else controller.enqueue(bytes);
        } finally {
          signal.removeEventListener("abort", stop);
        }
      },
      cancel: () => this.#bridge.ask("cancel", id, "", NOTHING),
    }, { highWaterMark: 0 });
  }
}
