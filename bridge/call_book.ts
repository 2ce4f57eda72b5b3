import { isJsonObject } from "../spec/json.ts";
import type { Answer } from "./answer.ts";
import { CallRefusal } from "./call_refusal.ts";
import type { BridgeMessage, GatewayCall, GatewayMessage, MessageOf } from "./protocol.ts";
import { PROTOCOL_LIMITS } from "./protocol/protocol_limits.ts";

type CallEnd = MessageOf<BridgeMessage, "tool_result" | "tool_error">;

/** What happened with a call, for the log of the machine's owner. */
export interface CallNote {
  readonly call: GatewayCall;
  /** `ok`, or why it has no result. */
  readonly outcome: string;
  readonly durationMs: number;
}

/** Options of {@linkcode CallBook}. */
export interface CallBookOptions {
  /** What a call is answered by. @throws {CallRefusal} where there is nothing, or it may not. */
  readonly find: (call: GatewayCall) => Answer;
  /** Says a message that is written out to the gateway, where it is connected. */
  readonly send: (text: string) => void;
  readonly onCall: (call: GatewayCall) => void;
  readonly onEnd: (note: CallNote) => void;
}

/** Calls at a time, whatever the gateway asks for. */
const MAX_RUNNING = 64;

/** Ends that wait to be heard of, and what they may hold in all. */
const MAX_KEPT_CHARACTERS = 64 * 1024 * 1024;

/** Ids of calls that were begun: none is begun twice. */
const MAX_SEEN = 100_000;

/** Words of progress of one call; a gateway takes more, but not from everybody. */
const MAX_PROGRESS = 500;

/**
 * The calls that a gateway has asked for. Each is begun once, whatever the connection does, and its end
 * is kept until the gateway has heard of it.
 */
export class CallBook {
  readonly #options: CallBookOptions;
  readonly #running = new Map<string, AbortController>();
  /** Written out: each is sent at least once, and may be large. */
  readonly #ends = new Map<string, string>();
  readonly #seen = new Set<string>();
  #keptCharacters = 0;

  constructor(options: CallBookOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Calls that run, or whose end was not heard of: what goes on over another connection. */
  known(): string[] {
    return [...this.#running.keys(), ...this.#ends.keys()];
  }

  /** The gateway knows of these calls: ends that it may not have heard of are told again. */
  resend(): void {
    for (const text of [...this.#ends.values()]) this.#options.send(text);
  }

  /** The gateway knows of no call any more: none goes on, and none is told of. */
  forget(): void {
    for (const running of this.#running.values()) running.abort();
    this.#running.clear();
    this.#ends.clear();
    this.#keptCharacters = 0;
  }

  /** Takes what the gateway says of a call. */
  take(
    message: MessageOf<GatewayMessage, "tool_call" | "library_call" | "cancel" | "received">,
  ): void {
    if (message.type === "tool_call" || message.type === "library_call") {
      return void this.#begin(message);
    }
    // Either way nobody waits for its end any more.
    this.#drop(message.callId);
    const running = this.#running.get(message.callId);
    if (message.type === "received" || running === undefined) return;
    this.#running.delete(message.callId);
    running.abort();
  }

  /** Ends every call with an error, which is told while somebody can be. */
  endAll(refusal: CallRefusal): void {
    for (const [callId, running] of [...this.#running]) {
      this.#finish(callId, failure(callId, refusal));
      running.abort();
    }
  }

  async #begin(call: GatewayCall): Promise<void> {
    const { callId, deadlineMs, caller } = call;
    // Told twice, or begun before: it is never run twice.
    if (this.#seen.has(callId)) return;
    this.#see(callId);
    const { find, send, onCall, onEnd } = this.#options;
    const startedMs = performance.now();
    const stop = new AbortController();
    let outcome = "ok";
    try {
      onCall(call);
      this.#running.set(callId, stop);
      if (this.#running.size > MAX_RUNNING) {
        throw new CallRefusal("busy", `${MAX_RUNNING} calls run already`);
      }
      if (call.type === "tool_call" && !isJsonObject(call.args)) {
        throw new CallRefusal("invalid_arguments", "the arguments are no object");
      }
      const answer = find(call);
      let said = 0;
      const result = await answer({
        ...{ timeoutMs: deadlineMs, signal: stop.signal },
        caller: `${caller.kind} ${caller.id}`,
        onProgress: (text) => {
          if (++said > MAX_PROGRESS || stop.signal.aborted) return;
          const message = text.slice(0, PROTOCOL_LIMITS.maxTextCharacters);
          send(JSON.stringify({ type: "progress", callId, message } satisfies BridgeMessage));
        },
      });
      this.#finish(callId, { type: "tool_result", callId, result });
    } catch (error) {
      const refusal = error instanceof CallRefusal
        ? error
        : new CallRefusal("failed", error instanceof Error ? error.message : String(error));
      outcome = refusal.code;
      this.#finish(callId, failure(callId, refusal));
    } finally {
      this.#running.delete(callId);
      onEnd({ call, outcome, durationMs: performance.now() - startedMs });
    }
  }

  #finish(callId: string, end: CallEnd): void {
    // First, since what cannot be written out is not the end of a call yet.
    const text = JSON.stringify(end);
    // Taken back, or forgotten: nobody waits for it.
    if (!this.#running.delete(callId)) return;
    const isTooLarge = text.length > PROTOCOL_LIMITS.maxMessageCharacters ||
      this.#keptCharacters + text.length > MAX_KEPT_CHARACTERS;
    if (isTooLarge && end.type === "tool_result") {
      const refusal = new CallRefusal("too_large", "the result is too large");
      return this.#keep(callId, JSON.stringify(failure(callId, refusal)));
    }
    this.#keep(callId, text);
  }

  #keep(callId: string, text: string): void {
    this.#ends.set(callId, text);
    this.#keptCharacters += text.length;
    this.#options.send(text);
  }

  #drop(callId: string): void {
    this.#keptCharacters -= this.#ends.get(callId)?.length ?? 0;
    this.#ends.delete(callId);
  }

  #see(callId: string): void {
    this.#seen.add(callId);
    const [oldest] = this.#seen;
    if (this.#seen.size > MAX_SEEN && oldest !== undefined) this.#seen.delete(oldest);
  }
}

function failure(callId: string, { code, message }: CallRefusal): CallEnd {
  return {
    ...{ type: "tool_error", callId, code },
    message: message.slice(0, PROTOCOL_LIMITS.maxTextCharacters),
  };
}
