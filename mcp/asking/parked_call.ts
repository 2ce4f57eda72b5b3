import type { InputRequiredResult } from "@modelcontextprotocol/server";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { McpAsking, McpQuestion } from "../../spec/mcp_asking.ts";

type Questions = NonNullable<InputRequiredResult["inputRequests"]>;

/** What comes next of a call. */
export type ParkedOutcome<T> = { readonly result: T } | { readonly questions: Questions };

/** What a {@linkcode ParkedCall} is made of. */
export interface ParkedCallOptions<T, L> {
  readonly owner: string;
  readonly wish: string;
  readonly work: ParkedWork<T, L>;
}

/** What a call does. Whoever listens to it is another with each request of its client. */
export type ParkedWork<T, L> = (
  ask: McpAsking["ask"],
  signal: AbortSignal,
  listener: () => L,
) => Promise<T>;

/** What a client brings along with each request. */
export interface ParkedRound<L> {
  readonly responses: JsonObject;
  readonly signal: AbortSignal;
  readonly listener: L;
}

interface Open {
  readonly question: McpQuestion;
  readonly answered: PromiseWithResolvers<JsonObject>;
}

/** A call that goes on while its client is away to find answers. */
export class ParkedCall<T, L> {
  readonly owner: string;
  readonly wish: string;
  /** Resolves when it is over, however that came. */
  readonly ended: Promise<void>;
  readonly #done: Promise<ParkedOutcome<T>>;
  readonly #abort = new AbortController();
  readonly #open = new Map<string, Open>();
  #asked = Promise.withResolvers<void>();
  #count = 0;
  #listener: L;

  constructor({ owner, wish, work, listener }: ParkedCallOptions<T, L> & { readonly listener: L }) {
    this.#listener = listener;
    this.owner = owner;
    this.wish = wish;
    const ask: McpAsking["ask"] = (question, signal) => this.#ask(question, signal);
    this.#done = work(ask, this.#abort.signal, () => this.#listener).then((result) => ({ result }));
    this.ended = this.#done.then(() => {}, () => {});
  }

  /** Waits for a result or for questions, with the answers to earlier ones. */
  async next({ responses, signal, listener }: ParkedRound<L>): Promise<ParkedOutcome<T>> {
    this.#listener = listener;
    for (const [id, { answered }] of [...this.#open]) {
      const response = Object.hasOwn(responses, id) ? responses[id] : undefined;
      if (isJsonObject(response)) {
        this.#open.delete(id);
        answered.resolve(response);
      }
    }
    // What was not answered is asked again.
    if (this.#open.size > 0) return { questions: this.#questions() };
    this.#asked = Promise.withResolvers<void>();
    const abort = () => this.#abort.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const asked = this.#asked.promise.then(() => ({ questions: this.#questions() }));
      return await Promise.race([this.#done, asked]);
    } finally {
      // The client goes to find answers: that its request ends does not end the call.
      signal.removeEventListener("abort", abort);
    }
  }

  abort(): void {
    this.#abort.abort(new DOMException("too many calls wait for answers", "AbortError"));
  }

  async #ask(question: McpQuestion, signal: AbortSignal): Promise<JsonObject> {
    signal.throwIfAborted();
    const id = `q${++this.#count}`;
    const answered = Promise.withResolvers<JsonObject>();
    const abort = () => answered.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#open.set(id, { question, answered });
    this.#asked.resolve();
    try {
      return await answered.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#open.delete(id);
    }
  }

  #questions(): Questions {
    const open = [...this.#open].map(([id, { question }]) => [id, question] as const);
    return Object.fromEntries(open) as Questions;
  }
}
