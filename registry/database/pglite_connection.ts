import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { PgliteNotices } from "./pglite_notices.ts";
import type { PgliteThread } from "./pglite_thread.ts";
import { ProtocolBuffer } from "./protocol_buffer.ts";
import { CANCEL_CODE, endsIdle, simpleQuery, TERMINATE } from "./protocol_messages.ts";
import type { Turns } from "./turns.ts";

/** What a connection shares with the others to the same PGlite. */
export interface PgliteBackend {
  readonly thread: Pick<PgliteThread, "run">;
  readonly turns: Turns;
  readonly notices: PgliteNotices;
  /** Channels that the backend listens to. */
  readonly listening: Set<string>;
  /** A transaction in which nothing happened for so long is rolled back and its connection closed. */
  readonly transactionIdleMs: number;
}

const SYNC = Uint8Array.from([0x53, 0, 0, 0, 4]);

/**
 * What postgres.js takes for a socket to a server: a stream whose other end is PGlite's only backend.
 * Connections take turns; a turn lasts until the backend is idle again, so a transaction keeps it.
 */
export class PgliteConnection extends Duplex {
  readonly #backend: PgliteBackend;
  readonly #received = new ProtocolBuffer();
  #endTurn: (() => void) | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: PgliteBackend) {
    super();
    this.#backend = backend;
  }

  /** As sockets have it: postgres.js says goodbye on open ones only. */
  get readyState(): "open" | "closed" {
    return this.destroyed ? "closed" : "open";
  }

  /** There is no network to keep alive. */
  setKeepAlive(): void {}

  override _read(): void {}

  // style-ok parameters: Node's signature.
  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#received.add(chunk);
    this.#answer().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#idleTimer);
    const endTurn = this.#endTurn;
    this.#endTurn = undefined;
    done(error);
    // Whatever the client left open must not become the next one's transaction.
    if (endTurn !== undefined) this.#rollBack().finally(endTurn);
  }

  async #answer(): Promise<void> {
    for (let group = this.#received.next(); group !== undefined; group = this.#received.next()) {
      if (group[0] === TERMINATE || isCancel(group)) {
        this.destroy();
        return;
      }
      const answer = await this.#run(group);
      if (this.destroyed) return;
      this.push(Buffer.from(answer));
    }
  }

  async #run(group: Uint8Array): Promise<Uint8Array> {
    clearTimeout(this.#idleTimer);
    const { thread, notices, listening } = this.#backend;
    if (this.#endTurn === undefined) {
      this.#endTurn = await this.#takeTurn();
      for (const query of notices.queries(listening)) await thread.run(query);
      // Its turn has ended: what it asks now would be done in another's.
      if (this.destroyed) throw new Error("the connection was closed before its turn");
    }
    const answer = await thread.run(group);
    notices.tell(answer, this);
    if (endsIdle(answer)) {
      this.#endTurn?.();
      this.#endTurn = undefined;
    } else this.#watchIdle();
    return answer;
  }

  async #takeTurn(): Promise<() => void> {
    const endTurn = await this.#backend.turns.take();
    if (!this.destroyed) return endTurn;
    endTurn();
    throw new Error("the connection was closed while it waited");
  }

  #watchIdle(): void {
    if (this.destroyed) return;
    this.#idleTimer = setTimeout(
      () => this.destroy(new Error("a transaction was idle for too long")),
      this.#backend.transactionIdleMs,
    );
  }

  async #rollBack(): Promise<void> {
    try {
      await this.#backend.thread.run(SYNC);
      await this.#backend.thread.run(simpleQuery("rollback"));
    } catch {
      // A backend that cannot roll back is gone, and says so to the next query.
    }
  }
}

function isCancel(group: Buffer): boolean {
  return group.length === 16 && group.readInt32BE(4) === CANCEL_CODE;
}
