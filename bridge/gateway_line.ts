import { AirlockError } from "../spec/errors.ts";
import {
  type BridgeCredentials,
  checkCredentials,
  credentialHeaders,
} from "./bridge_credentials.ts";
import { type FrameChannel, type FrameChannelOptions, openSocketChannel } from "./frame_channel.ts";
import { pauseUnless } from "./pause_unless.ts";
import { PollChannel } from "./poll_channel.ts";
import type { BridgeMessage, BridgeServers, GatewayMessage, MessageOf } from "./protocol.ts";
import { FrameSender } from "./protocol/frame_sender.ts";
import { gatewayReader } from "./protocol/message_reader.ts";
import type { LineEnd } from "./protocol/poll_body.ts";
import { CLOSE_CODES, LIBRARY_FEATURE, PROTOCOL_VERSION } from "./protocol/protocol_limits.ts";
import { ProtocolViolation } from "./protocol/protocol_violation.ts";
import { SilenceWatch } from "./silence_watch.ts";

/** What a line is a line for. */
export interface GatewayLineOptions {
  readonly credentials: BridgeCredentials;
  /** What this bridge is called. */
  readonly name: string;
  readonly clientVersion: string;
  readonly os: string;
  readonly offered: () => BridgeServers;
  /** Calls that go on over another connection. */
  readonly known: () => readonly string[];
  readonly onRegistered: (message: { readonly resumed: boolean }) => void;
  readonly onMessage: (
    message: MessageOf<GatewayMessage, "tool_call" | "library_call" | "cancel" | "received">,
  ) => void;
  readonly onRenewed: (message: { readonly accepted: boolean }) => void;
  readonly onDown: (why: string) => void;
  /** Begins without a WebSocket. */
  readonly polls?: boolean;
  /** The first pause before connecting again, which doubles, and the longest. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

/** Longest time for a connection to come about. */
const CONNECT_TIMEOUT_MS = 15_000;

/** After a connection that lasted so long without a WebSocket, one is tried again. */
const POLLS_MS = 600_000;

/** The gateway says how often it speaks; until then, so long without a word is too long. */
const FIRST_SILENCE_MS = 30_000;

/** What ends for good when the gateway closes with these, and what to do about it. */
const FINAL: ReadonlyMap<number, (reason: string) => AirlockError> = new Map([
  [
    CLOSE_CODES.replaced,
    (reason: string) =>
      new AirlockError("conflict", `serve gateway: ${reason}`, {
        suggestion: "Give one of the two another name: `airlock bridge init --name <name>`.",
      }),
  ],
  [
    CLOSE_CODES.revoked,
    (reason: string) =>
      new AirlockError("unauthenticated", `serve gateway: ${reason}`, {
        suggestion: "Run `airlock bridge login` with another key.",
      }),
  ],
  [
    CLOSE_CODES.tooMany,
    (reason: string) =>
      new AirlockError("resource_limit", `serve gateway: ${reason}`, {
        suggestion: "Use the name of a bridge that you have.",
      }),
  ],
  [
    CLOSE_CODES.violation,
    (reason: string) =>
      new AirlockError("upstream_failed", `serve gateway: ${reason}`, {
        suggestion: "See whether bridge and gateway are of versions that fit.",
        retryable: false,
      }),
  ],
]);

/** The connection to a gateway, made again whenever it is lost. */
export class GatewayLine {
  readonly #options: GatewayLineOptions;
  #credentials: BridgeCredentials;
  #sender: FrameSender | undefined;
  #resumeToken: string | undefined;
  #isRegistered = false;
  /** Whether the next connection is made by asking again and again. */
  #polls: boolean;

  constructor(options: GatewayLineOptions) {
    this.#options = options;
    this.#credentials = options.credentials;
    this.#polls = options.polls ?? false;
  }

  get isConnected(): boolean {
    return this.#isRegistered;
  }

  /** Speaks to the gateway; what is said while it is away is lost. */
  send(message: BridgeMessage): void {
    if (this.#isRegistered) this.#sender?.send(message);
  }

  /** As {@linkcode send}, of a message that is written out already. */
  write(text: string): void {
    if (this.#isRegistered) this.#sender?.write(text);
  }

  /**
   * Goes on with a key that took the place of the one before, without a new connection where there is
   * one.
   */
  renew(credentials: BridgeCredentials): void {
    this.#credentials = credentials;
    const { apiKey } = credentials;
    if (apiKey !== undefined) this.send({ type: "renew", apiKey });
  }

  /** Tells the gateway of tools that are others than before. */
  tell(): void {
    this.send({ type: "tools", servers: this.#options.offered() });
  }

  /**
   * Stays connected until the signal aborts.
   * @throws {AirlockError} where connecting again is of no use: `unauthenticated`, `permission_denied`,
   * `conflict`, `resource_limit`, `upstream_failed`.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { pauseMs, maxPauseMs, onDown } = this.#options;
    let pause = pauseMs;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const { registered, code, reason } = await this.#connect(signal);
      if (signal.aborted) return;
      const final = FINAL.get(code);
      if (final !== undefined) throw final(reason);
      if (registered) pause = pauseMs;
      else await this.#askWhy(signal);
      // Where the gateway is there and the connection is not, something between them is in the way.
      // What was found to work is kept to for a while, or calls would wait for what does not.
      this.#polls = registered
        ? this.#polls && performance.now() - startedMs < POLLS_MS
        : !this.#polls;
      onDown(reason === "" ? "the connection was lost" : reason);
      // Not all at once after a gateway that was away.
      await pauseUnless(pause * (0.5 + Math.random() / 2), signal);
      pause = Math.min(maxPauseMs, pause * 2);
    }
  }

  /** A handshake that fails does not say why. */
  async #askWhy(signal: AbortSignal): Promise<void> {
    try {
      const timeout = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
      await checkCredentials(this.#credentials, {
        signal: AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      if (!(error instanceof AirlockError) || error.code === "upstream_failed") return;
      throw error;
    }
  }

  async #connect(signal: AbortSignal): Promise<Ended> {
    const { gateway } = this.#credentials;
    const ended = Promise.withResolvers<Ended>();
    const reader = gatewayReader();
    let registered = false;
    const close = (code: number, reason: string) => {
      // Where nobody answers any more, nobody is waited for either.
      ended.resolve({ registered, code, reason });
      channel.close(code, reason);
    };
    const onAbort = () => close(CLOSE_CODES.goingAway, "the bridge stops");
    using silence = new SilenceWatch(CONNECT_TIMEOUT_MS, () => {
      if (heard) close(CLOSE_CODES.silent, "the gateway was silent");
      else close(0, "the gateway does not answer");
    });
    let heard = false;
    signal.addEventListener("abort", onAbort, { once: true });
    const onFrame = (data: unknown) => {
      if (heard) silence.heard();
      else silence.allow(FIRST_SILENCE_MS);
      heard = true;
      try {
        const message = reader.read(data);
        if (message?.type === "registered") {
          silence.allow(message.heartbeatMs * 2 + 1_000);
          registered = true;
          this.#registered(message);
        } else if (message !== undefined) this.#take(message, sender);
      } catch (error) {
        if (!(error instanceof ProtocolViolation)) throw error;
        close(0, error.message);
      }
    };
    const channel = this.#open({
      ...{ gateway, headers: () => credentialHeaders(this.#credentials), onFrame },
      onOpen: () => this.#register(sender),
      onEnd: ({ code, reason }) => ended.resolve({ registered, code, reason }),
    });
    using sender = new FrameSender(channel, {
      onFull: () => close(0, "the gateway does not read"),
    });
    this.#sender = sender;
    try {
      return await ended.promise;
    } finally {
      this.#isRegistered = false;
      this.#sender = undefined;
      signal.removeEventListener("abort", onAbort);
      // Of what comes late nothing is taken.
      channel.close(1000, "");
    }
  }

  #open(options: FrameChannelOptions): FrameChannel {
    return this.#polls ? new PollChannel(options) : openSocketChannel(options);
  }

  #register(sender: FrameSender): void {
    const { name, clientVersion, os, offered, known } = this.#options;
    sender.send({
      ...{ type: "register", protocol: PROTOCOL_VERSION, name, clientVersion, os },
      ...{ servers: offered(), features: [LIBRARY_FEATURE] },
      ...(this.#resumeToken !== undefined && {
        resume: { token: this.#resumeToken, calls: known() },
      }),
    });
  }

  #registered(message: MessageOf<GatewayMessage, "registered">): void {
    if (message.protocol !== PROTOCOL_VERSION) {
      throw new ProtocolViolation("register: the gateway speaks another protocol");
    }
    this.#resumeToken = message.resumeToken;
    this.#isRegistered = true;
    this.#options.onRegistered({ resumed: message.resumed });
  }

  #take(message: Exclude<GatewayMessage, { type: "registered" }>, sender: FrameSender): void {
    if (message.type === "ping") return void sender.send({ type: "pong" });
    if (!this.#isRegistered) throw new ProtocolViolation("read message: it comes too early");
    if (message.type === "renewed") return this.#options.onRenewed(message);
    this.#options.onMessage(message);
  }
}

interface Ended extends LineEnd {
  /** Whether it was ever of use. */
  readonly registered: boolean;
}
