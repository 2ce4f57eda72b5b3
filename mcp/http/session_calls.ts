import type { LoggingLevel, RequestId, Server } from "@modelcontextprotocol/server";
import type { SessionKey } from "./session_key.ts";

/** How much is remembered of sessions. */
const MAX_LEVELS = 10_000;

/** Whatever answers requests of one body. */
export interface RunningExchange {
  /** Ends one of them. */
  cancel(id: RequestId, reason?: string): void;
  /** Ends all of it. */
  close(): Promise<void>;
}

interface Exchange {
  readonly running: RunningExchange;
  readonly pending: Set<string>;
}

/**
 * What a gateway knows of clients of the session era, whose requests come one by one: calls that run
 * here, so that they can be cancelled, and how much log is wanted. A client that lands on another
 * gateway goes on there, with nothing lost that matters.
 */
export class SessionCalls {
  readonly #exchanges = new Map<string, Map<string, Exchange>>();
  readonly #levels = new Map<string, LoggingLevel>();

  /** How many sessions have calls that run. */
  get size(): number {
    return this.#exchanges.size;
  }

  /** Notes requests that are being answered, until what it returns is called. */
  begin(
    key: SessionKey,
    running: RunningExchange,
    { ids }: { readonly ids: readonly RequestId[] },
  ): () => void {
    const session = text(key);
    const exchanges = this.#exchanges.get(session) ?? new Map<string, Exchange>();
    this.#exchanges.set(session, exchanges);
    const exchange: Exchange = { running, pending: new Set(ids.map(idText)) };
    for (const id of exchange.pending) exchanges.set(id, exchange);
    return () => {
      for (const id of exchange.pending) if (exchanges.get(id) === exchange) exchanges.delete(id);
      if (exchanges.size === 0 && this.#exchanges.get(session) === exchanges) {
        this.#exchanges.delete(session);
      }
    };
  }

  /** Cancels a request that runs here; does nothing where none does. */
  async cancel(key: SessionKey, id: RequestId, { reason }: { readonly reason?: string } = {}) {
    const exchange = this.#exchanges.get(text(key))?.get(idText(id));
    if (exchange === undefined) return;
    const { running, pending } = exchange;
    running.cancel(id, reason);
    pending.delete(idText(id));
    // A cancelled request is not answered: nothing else would end the exchange.
    if (pending.size === 0) await running.close();
  }

  /** Ends all that runs in a session. */
  async end(key: SessionKey): Promise<void> {
    this.#levels.delete(text(key));
    const exchanges = this.#exchanges.get(text(key));
    if (exchanges === undefined) return;
    const all = new Set([...exchanges.values()].map(({ running }) => running));
    await Promise.all([...all].map((running) => running.close()));
  }

  /** The least level of log lines that a session wants; all where it never said. */
  levelOf(key: SessionKey): LoggingLevel | undefined {
    return this.#levels.get(text(key));
  }

  /** Notes what a session wants of the log. */
  setLevel(key: SessionKey, level: LoggingLevel): void {
    this.#levels.delete(text(key));
    this.#levels.set(text(key), level);
    const [oldest] = this.#levels.keys();
    if (this.#levels.size > MAX_LEVELS && oldest !== undefined) this.#levels.delete(oldest);
  }
}

/** Requests that a server of the SDK answers. */
export function exchangeOf(server: Server): RunningExchange {
  return {
    cancel(requestId, reason) {
      server.transport?.onmessage?.({
        jsonrpc: "2.0",
        method: "notifications/cancelled",
        params: { requestId, ...(reason !== undefined && { reason }) },
      });
    },
    close: () => server.close(),
  };
}

/** There is no space in a session's id. */
function text({ owner, sessionId }: SessionKey): string {
  return `${sessionId} ${owner}`;
}

/** `1` and `"1"` are two ids. */
function idText(id: RequestId): string {
  return `${typeof id} ${id}`;
}
