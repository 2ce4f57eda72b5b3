import { type BridgeOwner, bridgeOwner } from "../../accounts/bridges/bridge_record.ts";
import { type PollBody, readPoll } from "../../bridge/protocol/poll_body.ts";
import { CLOSE_CODES } from "../../bridge/protocol/protocol_limits.ts";
import { ProtocolViolation } from "../../bridge/protocol/protocol_violation.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { BridgeConnection } from "./bridge_connection.ts";
import { isSameOwner } from "./line_caller.ts";
import type { ConnectingBridge } from "./held_bridge.ts";
import type { LocalBridges } from "./local_bridges.ts";
import { PollLine } from "./poll_line.ts";

/** How long a line waits with an answer; shorter than proxies do. */
const WAIT_MS = 25_000;

/** How long a line that ended says so. */
const LINGER_MS = 10_000;

/** Requests of one line in a minute: each answer of a call may be one. */
const MAX_REQUESTS_PER_MINUTE = 12_000;

type PolledConnection = Pick<BridgeConnection, "read" | "ended" | "close">;

/** Where lines are taken: `LocalBridges`. */
interface OpensLines {
  open(...opening: Parameters<LocalBridges["open"]>): PolledConnection;
}

interface Polled {
  readonly owner: BridgeOwner;
  readonly line: PollLine;
  readonly connection: PolledConnection;
  counted: { sinceMs: number; requests: number };
}

/** Bridges whose network lets no WebSocket through. Disposing forgets all; `LocalBridges` ends them. */
export class PolledLines implements Disposable {
  readonly #bridges: OpensLines;
  readonly #lines = new Map<string, Polled>();
  readonly #lingering = new Set<ReturnType<typeof setTimeout>>();

  constructor(bridges: OpensLines) {
    this.#bridges = bridges;
  }

  /** Opens a line. @returns Its id, which names it from now on. */
  open(connecting: ConnectingBridge): string {
    const line = new PollLine();
    const connection = this.#bridges.open(line, {
      ...connecting,
      onClose: () => this.#linger(line.id),
    });
    const counted = { sinceMs: performance.now(), requests: 0 };
    this.#lines.set(line.id, { owner: bridgeOwner(connecting.caller), line, connection, counted });
    return line.id;
  }

  /** What the gateway has to say on a line. @throws {AirlockError} `not_found`. */
  async take(id: string, { caller, signal }: PollAsked): Promise<PollBody> {
    const { line } = this.#find(id, caller);
    return await line.take(WAIT_MS, signal);
  }

  /** Takes what a bridge says on a line. @throws {AirlockError} `not_found`. */
  give(id: string, { caller, text }: { readonly caller: Caller; readonly text: string }): void {
    const { line, connection } = this.#find(id, caller);
    try {
      const { frames, closed } = readPoll(text);
      for (const frame of frames) connection.read(frame);
      if (closed === undefined) return;
      line.close(closed.code, closed.reason);
      connection.ended(closed.code);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      connection.close(error.closeCode, error.message);
    }
  }

  [Symbol.dispose](): void {
    for (const timer of this.#lingering) clearTimeout(timer);
    this.#lines.clear();
  }

  /** A line is its owner's alone, whoever has learned of its id. */
  #find(id: string, caller: Caller): Polled {
    const found = this.#lines.get(id);
    if (found === undefined || !isSameOwner(found.owner, bridgeOwner(caller))) {
      throw new AirlockError("not_found", "ask line: it is not open", {
        stage: "request",
        suggestion: "Open another one.",
      });
    }
    const nowMs = performance.now();
    if (nowMs - found.counted.sinceMs > 60_000) found.counted = { sinceMs: nowMs, requests: 0 };
    if (++found.counted.requests > MAX_REQUESTS_PER_MINUTE) {
      found.connection.close(CLOSE_CODES.violation, "ask line: too many requests");
    }
    return found;
  }

  /** Whoever asks a little later is told why it ended. */
  #linger(id: string): void {
    const timer = setTimeout(() => {
      this.#lingering.delete(timer);
      this.#lines.delete(id);
    }, LINGER_MS);
    this.#lingering.add(timer);
  }
}

/** Who asks, and until when. */
export interface PollAsked {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}
