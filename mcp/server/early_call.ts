import type { McpAsking } from "../../spec/mcp_asking.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { McpToolCall } from "../../spec/mcp_source.ts";
import { isPlainResult } from "../results/is_plain_result.ts";
import type { AnsweredCall } from "./answer_call.ts";

type Telling = Pick<McpToolCall, "onLog" | "onProgress">;

/** What a call is begun with. */
export type EarlyWork = (
  how: Pick<McpToolCall, "client" | "signal" | "onLog" | "onProgress">,
) => Promise<AnsweredCall>;

/** Whoever goes on with a call: a server of the SDK. */
export interface CallAttendant {
  readonly client: McpAsking | undefined;
  readonly signal: AbortSignal;
  readonly listener: () => Telling;
}

/** Most of what is told before an attendant is there: all that comes in one turn of the event loop. */
const MAX_UNTOLD = 10_000;

/**
 * A call that runs without a server of the SDK, which costs more than most calls do: until it says
 * something before its result, asks something, fails, or answers what needs a closer look. Then it is
 * given to one, which goes on with it as if it had begun it.
 */
export class EarlyCall {
  /** The plain result; `more` as soon as somebody must attend to it; `left` where nobody waits. */
  readonly outcome: Promise<McpToolResult | "more" | "left">;
  readonly #outcome = Promise.withResolvers<McpToolResult | "more" | "left">();
  readonly #abort = new AbortController();
  readonly #client = Promise.withResolvers<McpAsking | undefined>();
  readonly #untold: ((listener: Telling) => void)[] = [];
  readonly #answered: Promise<AnsweredCall>;
  #listener: (() => Telling) | undefined;

  /** Begins it, for a client that can be asked or for one that cannot. */
  constructor(client: Omit<McpAsking, "ask"> | undefined, work: EarlyWork) {
    this.outcome = this.#outcome.promise;
    // Where nobody ever asks, nobody hears of it.
    this.#client.promise.catch(() => {});
    this.#answered = work({
      client: client && { ...client, ask: (question, signal) => this.#ask(question, signal) },
      signal: this.#abort.signal,
      onLog: (entry) => this.#tell((to) => to.onLog(entry)),
      onProgress: (message, at) => this.#tell((to) => to.onProgress(message, at)),
    });
    this.#answered.then(
      ({ result }) => this.#outcome.resolve(isPlainResult(result) ? result : "more"),
      () => this.#outcome.resolve("more"),
    );
  }

  /** Has it attended to from now on. */
  hurry(): void {
    this.#outcome.resolve("more");
  }

  /** Ends it: nobody waits for its answer any more. */
  leave(reason?: unknown): void {
    this.#outcome.resolve("left");
    this.#abort.abort(reason);
    this.#client.reject(this.#abort.signal.reason);
  }

  /** Goes on with it. Whoever does listens to it and may end it. */
  async attend({ client, signal, listener }: CallAttendant): Promise<AnsweredCall> {
    const leave = () => this.leave(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    this.#listener = listener;
    for (const tell of this.#untold.splice(0)) tell(listener());
    this.#client.resolve(client);
    try {
      return await this.#answered;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #tell(tell: (listener: Telling) => void): void {
    if (this.#listener !== undefined) return tell(this.#listener());
    if (this.#untold.length < MAX_UNTOLD) this.#untold.push(tell);
    this.hurry();
  }

  async #ask(...[question, signal]: Parameters<McpAsking["ask"]>): ReturnType<McpAsking["ask"]> {
    this.hurry();
    const client = await this.#client.promise;
    signal.throwIfAborted();
    if (client === undefined) throw new Error("ask client: it cannot be asked");
    return await client.ask(question, signal);
  }
}
