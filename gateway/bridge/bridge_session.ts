import { takeFrom, type WindowCounts } from "../../accounts/limits/sliding_window.ts";
import type { BridgeMessage, GatewayMessage, MessageOf } from "../../bridge/protocol.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { bridgeFailure, notConnected, tooManyCalls } from "./bridge_errors.ts";
import type { BridgeLimits } from "./bridge_limits.ts";
import { bridgeResult } from "./bridge_result.ts";
import type { BridgeAsk, BridgeCall } from "./bridge_routes.ts";
import { libraryResult } from "./library_result.ts";
import { type CallBody, type CallEnd, type CallFor, PendingCall } from "./pending_call.ts";

const MINUTE_MS = 60_000;

/** Calls whose late answer is nothing bad: as many as wait at a time, and those of a few drops. */
const MAX_ENDED = 1_000;

/**
 * How long a bridge may wait to hear that the end of a call has come, and of how many at a time: with the
 * next call it takes no wake-up of its own.
 */
const RECEIVED_MS = 20;
const MAX_UNTOLD = 16;

/** How a session speaks to its bridge. */
export type SendToBridge = (message: GatewayMessage) => void;

/** Options of {@linkcode BridgeSession}. */
export interface BridgeSessionOptions {
  readonly limits: BridgeLimits;
  /** Wall clock. */
  readonly nowMs: () => number;
  /** Called once, when it is over and can be forgotten. */
  readonly onOver: () => void;
}

/** What a bridge says of calls. */
export type CallAnswer = MessageOf<BridgeMessage, "tool_result" | "tool_error" | "progress">;

/**
 * The calls of one run of a bridge, over one connection or, after short drops, several. A call reaches
 * the bridge once at most: what the bridge says it never had is sent again, nothing else.
 */
export class BridgeSession {
  /** Known to its bridge alone. */
  readonly resumeToken = crypto.randomUUID();
  readonly #options: BridgeSessionOptions;
  readonly #calls = new Map<string, PendingCall>();
  /** Calls that ended without a word of the bridge, which may come yet. */
  readonly #ended = new Set<string>();
  /** Calls whose end has come, which the bridge is not told of yet. */
  #untold: string[] = [];
  #telling: ReturnType<typeof setTimeout> | undefined;
  #send: SendToBridge | null = null;
  /** Set while its bridge may come back. */
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #window: WindowCounts | undefined;
  #isOver = false;

  constructor(options: BridgeSessionOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#send !== null;
  }

  get running(): number {
    return this.#calls.size;
  }

  /** Goes on over a connection, whose bridge has these calls. Those it never had are sent now. */
  attach(send: SendToBridge, had: readonly string[]): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#send = send;
    const known = new Set(had);
    for (const call of this.#calls.values()) {
      if (!known.has(call.message.callId)) call.send(send);
    }
    // Ended here meanwhile: there it still runs, or its end is still kept.
    for (const callId of known) {
      if (!this.#calls.has(callId)) send({ type: "cancel", callId });
    }
  }

  /** Its connection is lost: calls wait so long for another, also those that come meanwhile. */
  detach(): void {
    this.#send = null;
    // Of what was not told yet it asks itself when it comes back.
    this.#forgetUntold();
    this.#waiting = setTimeout(() => this.end(), this.#options.limits.resumeMs);
  }

  /** Its bridge has gone: every call ends with an error that says so. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#send = null;
    this.#forgetUntold();
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    for (const call of [...this.#calls.values()]) call.lose();
    this.#options.onOver();
  }

  /** As {@linkcode BridgeRoutes.call}. */
  async call(call: BridgeCall): Promise<McpToolResult> {
    const { serverId, toolName, args } = call;
    return bridgeResult(await this.#run(call, { type: "tool_call", serverId, toolName, args }));
  }

  /** As {@linkcode BridgeRoutes.ask}. */
  async ask({ serverId, request, ...of }: BridgeAsk): Promise<JsonObject> {
    const body = { type: "library_call", serverId, request } as const;
    const answer = await this.#run({ ...of, onProgress: () => {} }, body);
    return libraryResult(request.method, answer);
  }

  async #run(call: CallFor, body: CallBody): Promise<JsonObject> {
    const { limits } = this.#options;
    if (this.#send === null && this.#waiting === undefined) throw notConnected();
    call.signal.throwIfAborted();
    this.#count(call);
    if (this.#calls.size >= limits.maxRunning) {
      throw bridgeFailure("busy", `${limits.maxRunning} calls run there already`);
    }
    const pending: PendingCall = new PendingCall(call, body, {
      timeoutMs: limits.callTimeoutMs,
      maxProgress: limits.maxProgress,
      onEnd: ({ tellsBridge }) => {
        const { callId } = pending.message;
        this.#calls.delete(callId);
        if (tellsBridge) this.#remember(callId);
        if (tellsBridge) this.#send?.({ type: "cancel", callId });
      },
    });
    this.#calls.set(pending.message.callId, pending);
    this.#tellReceived();
    if (this.#send !== null) pending.send(this.#send);
    return await pending.done;
  }

  /** Takes what the bridge says of a call. @returns Whether it was asked. */
  answer(message: CallAnswer): boolean {
    const call = this.#calls.get(message.callId);
    if (message.type === "progress") {
      return call?.tell(message.message) ?? false;
    }
    // Whether or not anybody waits: it need not be kept there.
    if (this.#send !== null) this.#tellSoon(message.callId);
    call?.end(endOf(message));
    // Once again after a drop, where it is not known there what was heard here.
    if (call !== undefined) this.#remember(message.callId);
    return call !== undefined || this.#ended.delete(message.callId);
  }

  #tellSoon(callId: string): void {
    this.#untold.push(callId);
    if (this.#untold.length >= MAX_UNTOLD) return this.#tellReceived();
    // Left running where it is told before: then it has nothing to tell.
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#tellReceived();
    }, RECEIVED_MS);
  }

  #tellReceived(): void {
    for (const callId of this.#untold.splice(0)) this.#send?.({ type: "received", callId });
  }

  #forgetUntold(): void {
    this.#untold = [];
    clearTimeout(this.#telling);
    this.#telling = undefined;
  }

  #remember(callId: string): void {
    this.#ended.add(callId);
    const [oldest] = this.#ended;
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  #count({ caller: { tier } }: CallFor): void {
    const { limits, nowMs } = this.#options;
    const limit = limits.callsPerMinute[tier];
    const taken = takeFrom(this.#window, { limit, windowMs: MINUTE_MS }, { nowMs: nowMs() });
    this.#window = taken.counts;
    if (!taken.take.allowed) throw tooManyCalls(limit, taken.take.resetMs);
  }
}

function endOf(message: MessageOf<BridgeMessage, "tool_result" | "tool_error">): CallEnd {
  return message.type === "tool_error"
    ? { error: bridgeFailure(message.code, message.message) }
    : { result: message.result };
}
