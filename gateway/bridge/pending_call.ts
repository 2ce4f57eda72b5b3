import type { GatewayCall } from "../../bridge/protocol.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import { connectionLost, notConnected, tooLate } from "./bridge_errors.ts";
import type { BridgeCall } from "./bridge_routes.ts";

/** What a bridge is asked, without what every call has. */
export type CallBody = Without<GatewayCall, "callId" | "deadlineMs" | "caller">;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Whom a call is for. */
export type CallFor = Pick<BridgeCall, "caller" | "signal" | "onProgress">;

/** How a call ended. */
export type CallEnd = { readonly result: JsonObject } | { readonly error: AirlockError };

/** Options of {@linkcode PendingCall}. */
export interface PendingCallOptions {
  readonly timeoutMs: number;
  readonly maxProgress: number;
  /** Called once, whatever ended it. `tellsBridge`: it still runs there. */
  readonly onEnd: (end: { readonly tellsBridge: boolean }) => void;
}

/** A call that a bridge has, or will have: ends once, and owns its deadline. */
export class PendingCall {
  readonly message: GatewayCall;
  readonly done: Promise<JsonObject>;
  readonly #call: CallFor;
  readonly #options: PendingCallOptions;
  readonly #settle: PromiseWithResolvers<JsonObject>;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #onAbort = () => this.#end({ error: stopped(this.#call.signal) }, true);
  #isOver = false;
  /** Whether it may have reached the bridge. */
  #isSent = false;
  #progress = 0;

  constructor(call: CallFor, body: CallBody, options: PendingCallOptions) {
    this.#call = call;
    this.#options = options;
    this.#settle = Promise.withResolvers();
    this.done = this.#settle.promise;
    const { caller } = call;
    this.message = {
      ...{ ...body, callId: crypto.randomUUID(), deadlineMs: options.timeoutMs },
      caller: { kind: caller.kind, id: caller.keyId ?? caller.userId ?? caller.tenant },
    };
    this.#timer = setTimeout(
      () => this.#end({ error: tooLate(options.timeoutMs) }, true),
      options.timeoutMs,
    );
    call.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Sends it on its way. */
  send(send: (message: GatewayCall) => void): void {
    this.#isSent = true;
    send(this.message);
  }

  /** Ends it with what the bridge said. */
  end(end: CallEnd): void {
    this.#end(end, false);
  }

  /** Ends it because there is no bridge any more. */
  lose(): void {
    this.end({ error: this.#isSent ? connectionLost() : notConnected() });
  }

  /** Tells whoever listens. @returns Whether a call may say so much; more is left out. */
  tell(message: string): boolean {
    if (++this.#progress > this.#options.maxProgress) return false;
    if (!this.#isOver) this.#call.onProgress(message);
    return true;
  }

  #end(end: CallEnd, tellsBridge: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#call.signal.removeEventListener("abort", this.#onAbort);
    if ("result" in end) this.#settle.resolve(end.result);
    else this.#settle.reject(end.error);
    this.#options.onEnd({ tellsBridge });
  }
}

/** The gateway stops, and says so itself; or whoever called has gone, and nobody reads this. */
function stopped({ reason }: AbortSignal): AirlockError {
  return reason instanceof AirlockError ? reason : connectionLost(reason);
}
