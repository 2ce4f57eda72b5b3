import type { BridgeMessage, GatewayMessage, MessageOf } from "../../bridge/protocol.ts";
import { FrameSender, type FrameSocket } from "../../bridge/protocol/frame_sender.ts";
import { bridgeReader } from "../../bridge/protocol/message_reader.ts";
import { CLOSE_CODES } from "../../bridge/protocol/protocol_limits.ts";
import { ProtocolViolation } from "../../bridge/protocol/protocol_violation.ts";
import type { BridgeLimits } from "./bridge_limits.ts";

/** What a connection is a connection for. */
export interface BridgeHandlers {
  /** Comes first, and once. Messages that follow wait for it. */
  readonly onRegister: (message: MessageOf<BridgeMessage, "register">) => Promise<void>;
  readonly onTools: (message: MessageOf<BridgeMessage, "tools">) => Promise<void>;
  /** Comes when its key has a successor. */
  readonly onRenew: (message: MessageOf<BridgeMessage, "renew">) => Promise<void>;
  /** @returns Whether it was asked for. */
  readonly onAnswer: (
    message: MessageOf<BridgeMessage, "tool_result" | "tool_error" | "progress">,
  ) => boolean;
  /** Each time that the bridge was found to be there. */
  readonly onBeat: () => Promise<void>;
  /** Called once. `isDone`: it was closed in words, by either end, and is not lost. */
  readonly onClose: (how: { readonly isDone: boolean }) => void;
  /** Told of what nobody foresaw, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/** What a connection is written to. */
export interface LineSocket extends FrameSocket {
  close(code: number, reason: string): void;
}

const OPEN = 1;

/** What a bridge closes with that stops. */
const DONE: ReadonlySet<number> = new Set([1000, 1001]);

/**
 * One connection to a bridge, which may send anything: reads it within bounds, in order, and closes it
 * where it is no bridge or too slow. Owns its timers; whoever has the socket tells what comes of it.
 */
export class BridgeConnection {
  readonly #socket: LineSocket;
  readonly #limits: BridgeLimits;
  readonly #handlers: BridgeHandlers;
  readonly #sender: FrameSender;
  readonly #reader = bridgeReader();
  #beat: ReturnType<typeof setInterval> | undefined;
  #registering: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<void> | null = null;
  #queued = 0;
  #isRegistered = false;
  #isClosed = false;
  #heard = true;
  #pinged = false;
  #unasked = { sinceMs: performance.now(), count: 0 };

  constructor(
    socket: LineSocket,
    limits: BridgeLimits,
    { handlers }: { readonly handlers: BridgeHandlers },
  ) {
    this.#socket = socket;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#sender = new FrameSender(socket, {
      onFull: () => this.close(CLOSE_CODES.tooLarge, "the bridge does not read what it is sent"),
    });
    this.#registering = setTimeout(
      () => this.close(CLOSE_CODES.violation, "nothing was registered"),
      limits.registerMs,
    );
  }

  /** Sends a message, unless it is closed. */
  send(message: GatewayMessage): void {
    if (!this.#isClosed) this.#sender.send(message);
  }

  /** Closes it with a reason in ASCII. It counts as closed at once. */
  close(code: number, reason: string): void {
    if (this.#socket.readyState <= OPEN) this.#socket.close(code, reason.slice(0, 120));
    this.#over({ isDone: code !== CLOSE_CODES.silent });
  }

  /** It was closed by the other end, or lost. */
  ended(code: number): void {
    this.#over({ isDone: DONE.has(code) });
  }

  #over(how: { readonly isDone: boolean }): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#registering);
    clearInterval(this.#beat);
    this.#sender[Symbol.dispose]();
    this.#handlers.onClose(how);
  }

  /** Takes a frame. */
  read(data: unknown): void {
    if (this.#isClosed) return;
    this.#heard = true;
    try {
      const message = this.#reader.read(data);
      if (message === undefined) return;
      if (message.type === "pong") return this.#pong();
      if (this.#turn === null && isAnswer(message)) return this.#answer(message);
      // What comes while a list is being kept waits for it: little can, or nobody could stop a flood.
      if (++this.#queued > this.#limits.unaskedPerMinute) throw tooMuch();
      const turn = (this.#turn ?? Promise.resolve()).then(() => this.#take(message))
        .catch((error) => this.#fail(error)).finally(() => {
          this.#queued--;
          if (this.#turn === turn) this.#turn = null;
        });
      this.#turn = turn;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (error instanceof ProtocolViolation) return this.close(error.closeCode, error.message);
    if (this.#isClosed) return;
    this.#handlers.onFailure(error);
    this.close(CLOSE_CODES.failed, "the gateway failed");
  }

  async #take(message: Exclude<BridgeMessage, { type: "pong" }>): Promise<void> {
    if (this.#isClosed) return;
    if (isAnswer(message)) return this.#answer(message);
    if ((message.type === "register") === this.#isRegistered) {
      throw new ProtocolViolation("read message: register comes first, and once");
    }
    this.#countUnasked();
    if (message.type === "tools") return await this.#handlers.onTools(message);
    if (message.type === "renew") return await this.#handlers.onRenew(message);
    this.#isRegistered = true;
    clearTimeout(this.#registering);
    await this.#handlers.onRegister(message);
    if (this.#isClosed) return;
    this.#beat = setInterval(() => this.#look(), this.#limits.heartbeatMs);
  }

  #answer(message: MessageOf<BridgeMessage, "tool_result" | "tool_error" | "progress">): void {
    if (!this.#isRegistered) throw new ProtocolViolation("read message: register comes first");
    if (!this.#handlers.onAnswer(message)) this.#countUnasked();
  }

  #pong(): void {
    if (!this.#pinged) this.#countUnasked();
    this.#pinged = false;
  }

  /** Answers that nobody waits for come now and then, after a deadline; many come of no bridge. */
  #countUnasked(): void {
    const nowMs = performance.now();
    if (nowMs - this.#unasked.sinceMs > 60_000) this.#unasked = { sinceMs: nowMs, count: 0 };
    if (++this.#unasked.count > this.#limits.unaskedPerMinute) throw tooMuch();
  }

  #look(): void {
    if (!this.#heard) return this.close(CLOSE_CODES.silent, "nothing was heard for too long");
    this.#heard = false;
    this.#pinged = true;
    this.send({ type: "ping" });
    this.#handlers.onBeat().catch((error) => this.#handlers.onFailure(error));
  }
}

function isAnswer(
  message: BridgeMessage,
): message is MessageOf<BridgeMessage, "tool_result" | "tool_error" | "progress"> {
  return message.type === "tool_result" || message.type === "tool_error" ||
    message.type === "progress";
}

function tooMuch(): ProtocolViolation {
  return new ProtocolViolation("read message: too many that nobody asked for");
}
