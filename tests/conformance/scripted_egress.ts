import type { EgressPort, EgressRequest, EgressResponse } from "../../spec/egress.ts";

/** A way out that answers from a script and remembers what it was asked. */
export class ScriptedEgress implements EgressPort {
  readonly requests: EgressRequest[] = [];
  readonly signals: AbortSignal[] = [];
  readonly #answer: (request: EgressRequest) => Promise<Partial<EgressResponse>>;

  constructor(answer: (request: EgressRequest) => Promise<Partial<EgressResponse>>) {
    this.#answer = answer;
  }

  async request(request: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    this.requests.push(request);
    this.signals.push(signal);
    return {
      status: 200,
      statusText: "OK",
      headers: [],
      url: request.url,
      redirected: false,
      body: null,
      ...await this.#answer(request),
    };
  }
}

/** `totalBytes` in pieces of 64 KiB, made as they are asked for; `made` counts them. */
export function countedBody(totalBytes: number): {
  readonly body: ReadableStream<Uint8Array>;
  readonly state: { madeBytes: number; cancelled: boolean };
} {
  const state = { madeBytes: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (state.madeBytes >= totalBytes) return controller.close();
      const piece = new Uint8Array(Math.min(65_536, totalBytes - state.madeBytes)).fill(7);
      state.madeBytes += piece.length;
      controller.enqueue(piece);
    },
    cancel() {
      state.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { body, state };
}
