import type { RequestId } from "@modelcontextprotocol/server";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpQuestion } from "../../spec/mcp_asking.ts";
import type { SessionKey } from "./session_key.ts";

/** A question as it goes out on the stream of a call. */
export interface SentQuestion extends McpQuestion {
  readonly jsonrpc: "2.0";
  readonly id: string;
}

/** What a client answered. */
export interface SessionAnswer {
  readonly id: RequestId;
  readonly result?: JsonObject;
  readonly error?: { readonly message: string };
}

/** Most questions that wait in one gateway. */
const MAX_WAITING = 1_000;

/** Longest words of a refusal that are passed on. */
const MAX_REFUSAL_CHARACTERS = 500;

/**
 * Questions to clients of the session era, which go out on the stream of a call and are answered by a
 * request of their own. An answer counts only from the session that was asked.
 */
export class SessionQuestions {
  readonly #waiting = new Map<string, PromiseWithResolvers<JsonObject>>();

  /** Questions that wait for an answer. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Sends a question and waits for the answer.
   * @throws {AirlockError} where the client refuses; the reason of the signal when it aborts.
   */
  async ask(
    key: SessionKey,
    question: McpQuestion,
    { send, signal }: {
      readonly send: (question: SentQuestion) => Promise<void>;
      readonly signal: AbortSignal;
    },
  ): Promise<JsonObject> {
    signal.throwIfAborted();
    if (this.#waiting.size >= MAX_WAITING) throw refused("too many wait for answers");
    const id = crypto.randomUUID();
    const place = placeOf(key, id);
    const answered = Promise.withResolvers<JsonObject>();
    const abort = () => answered.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.set(place, answered);
    try {
      await send({ jsonrpc: "2.0", id, ...question });
      return await answered.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#waiting.delete(place);
    }
  }

  /**
   * Takes an answer; what nobody asked here, or asked of somebody else, is dropped.
   * @returns Whether somebody waited for it.
   */
  answer(key: SessionKey, { id, result, error }: SessionAnswer): boolean {
    const answered = this.#waiting.get(placeOf(key, id));
    if (result !== undefined) answered?.resolve(result);
    else answered?.reject(refused(error?.message.slice(0, MAX_REFUSAL_CHARACTERS) ?? "no words"));
    return answered !== undefined;
  }
}

function placeOf({ owner, sessionId }: SessionKey, id: RequestId): string {
  return JSON.stringify([owner, sessionId, id]);
}

function refused(words: string): AirlockError {
  return new AirlockError("upstream_failed", `ask the client: it refuses: ${words}`, {
    stage: "execute",
    suggestion: "Answer the question, or call the tool in a way that it needs none.",
    retryable: false,
  });
}
