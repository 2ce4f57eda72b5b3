import type { LoggingLevel, RequestId, Server } from "@modelcontextprotocol/server";

/** How much is remembered of sessions. */
const MAX_LEVELS = 10_000;

/** Which session of which caller. Session ids are random, and of no use to another caller. */
export interface SessionKey {
  readonly owner: string;
  readonly sessionId: string;
}

interface Exchange {
  readonly server: Server;
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

  /** Notes requests that a server answers, until {@linkcode Disposable} is disposed. */
  begin(
    key: SessionKey,
    server: Server,
    { ids }: { readonly ids: readonly RequestId[] },
  ): () => void {
    const session = text(key);
    const running = this.#exchanges.get(session) ?? new Map<string, Exchange>();
    this.#exchanges.set(session, running);
    const exchange: Exchange = { server, pending: new Set(ids.map(idText)) };
    for (const id of exchange.pending) running.set(id, exchange);
    return () => {
      for (const id of exchange.pending) if (running.get(id) === exchange) running.delete(id);
      if (running.size === 0 && this.#exchanges.get(session) === running) {
        this.#exchanges.delete(session);
      }
    };
  }

  /** Cancels a request that runs here; does nothing where none does. */
  async cancel(key: SessionKey, id: RequestId, { reason }: { readonly reason?: string } = {}) {
    const exchange = this.#exchanges.get(text(key))?.get(idText(id));
    if (exchange === undefined) return;
    const { server, pending } = exchange;
    server.transport?.onmessage?.({
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: id, ...(reason !== undefined && { reason }) },
    });
    pending.delete(idText(id));
    // A cancelled request is not answered: nothing else would end the exchange.
    if (pending.size === 0) await server.close();
  }

  /** Ends all that runs in a session. */
  async end(key: SessionKey): Promise<void> {
    this.#levels.delete(text(key));
    const running = this.#exchanges.get(text(key));
    if (running === undefined) return;
    const servers = new Set([...running.values()].map(({ server }) => server));
    await Promise.all([...servers].map((server) => server.close()));
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

function text({ owner, sessionId }: SessionKey): string {
  return JSON.stringify([owner, sessionId]);
}

/** `1` and `"1"` are two ids. */
function idText(id: RequestId): string {
  return JSON.stringify(id);
}
