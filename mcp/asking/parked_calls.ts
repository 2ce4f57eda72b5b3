import type { InputRequiredResult } from "@modelcontextprotocol/server";
import { AirlockError } from "../../spec/errors.ts";
import { ParkedCall, type ParkedRound, type ParkedWork } from "./parked_call.ts";

/** How many calls may wait for answers. */
export interface ParkBounds {
  readonly maxCalls: number;
  readonly maxCallsPerOwner: number;
}

const BOUNDS: ParkBounds = { maxCalls: 1_000, maxCallsPerOwner: 32 };

/** One request of a client that answers questions by asking again. */
export interface ParkingExchange<L> extends ParkedRound<L> {
  /** Whoever asks: nobody else goes on with its calls. */
  readonly owner: string;
  /** What is asked for; it is asked for again with the answers. */
  readonly wish: string;
  /** Of a call that waits; absent for a new one. */
  readonly state: string | undefined;
}

/**
 * Calls that wait for a person or a model, of clients of revision 2026-07-28: these get the questions as
 * an answer, and come back with what was said. A call lives in one gateway, as its connection to the
 * other server does; a client that comes back to another one is told to begin again.
 */
export class ParkedCalls {
  readonly #bounds: ParkBounds;
  readonly #calls = new Map<string, ParkedCall<unknown, unknown>>();

  constructor(bounds: ParkBounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /** Calls that wait. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * Begins a call, or goes on with one, until it has a result or questions.
   * @throws {AirlockError} `invalid_input` for a state of nothing that waits here; `rate_limited`; and
   * whatever `work` throws.
   */
  async run<T, L>(
    exchange: ParkingExchange<L>,
    work: ParkedWork<T, L>,
  ): Promise<T | InputRequiredResult> {
    const call = exchange.state === undefined
      ? new ParkedCall<T, L>({ ...exchange, work })
      : this.#take<T, L>(exchange.state, exchange);
    const come = await call.next(exchange);
    if ("result" in come) return come.result;
    const own = [...this.#calls.values()].filter(({ owner }) => owner === call.owner).length;
    if (own >= this.#bounds.maxCallsPerOwner || this.#calls.size >= this.#bounds.maxCalls) {
      call.abort();
      throw tooMany();
    }
    const requestState = crypto.randomUUID();
    this.#calls.set(requestState, call as ParkedCall<unknown, unknown>);
    call.ended.then(() => this.#calls.delete(requestState));
    return { resultType: "input_required", inputRequests: come.questions, requestState };
  }

  /** Once: with each round of questions a call gets another state. */
  #take<T, L>(state: string, { owner, wish }: ParkingExchange<L>): ParkedCall<T, L> {
    const call = this.#calls.get(state) as ParkedCall<T, L> | undefined;
    if (call === undefined || call.owner !== owner || call.wish !== wish) throw notWaiting();
    this.#calls.delete(state);
    return call;
  }
}

function tooMany(): AirlockError {
  return new AirlockError("rate_limited", "ask the client: too many calls wait for answers", {
    stage: "execute",
    suggestion: "Answer some of them first.",
  });
}

function notWaiting(): AirlockError {
  return new AirlockError("invalid_input", "go on with call: it does not wait here any more", {
    stage: "request",
    suggestion: "Begin again, without requestState and inputResponses.",
  });
}
