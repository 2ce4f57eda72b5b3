import type { ServerRow } from "../../accounts/servers/server_record.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import type { UpstreamTarget } from "../../mcp/upstream/upstream_target.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Sql } from "../../registry/database/database.ts";
import { pauseFor } from "./pause_for.ts";
import { takeFailure, takeListing } from "../servers/server_listings.ts";

/** What a {@linkcode RemoteRefresh} works with. */
export interface RemoteRefreshOptions {
  readonly sql: Sql;
  readonly upstreams: () => Promise<UpstreamPool>;
  readonly stop: AbortSignal;
  /** Told when what is kept of the collection's servers may have changed. */
  readonly onRefreshed: (collectionId: string, changed: boolean) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Age of a list at which it is read again, and how soon a server that failed is asked again. */
const LIST_TTL_MS = 300_000;
const FAILED_TTL_MS = 60_000;

/** Longest that a server may take to tell its tools, connecting included. */
const REFRESH_TIMEOUT_MS = 30_000;

/** Between two readings of a server that says again and again that it has changed. */
const PAUSE_MS = 1_000;

/** Servers that are asked at a time; one that is left out is asked at a later look. */
const MAX_AT_ONCE = 8;

/** Reads lists of other servers again behind whoever asks: nobody waits for one. */
export class RemoteRefresh {
  readonly #options: RemoteRefreshOptions;
  readonly #running = new Set<string>();
  /** Of servers that are being read, and said meanwhile that they have changed. */
  readonly #again = new Map<string, UpstreamTarget>();

  constructor(options: RemoteRefreshOptions) {
    this.#options = options;
  }

  /** Begins to read a server's list again where that is due. */
  consider(row: ServerRow, target: () => Promise<UpstreamTarget>): void {
    const ageMs = Date.now() - (row.checked_at?.getTime() ?? 0);
    const ttlMs = row.health === "failing" ? FAILED_TTL_MS : LIST_TTL_MS;
    if (ageMs >= ttlMs) this.#begin(row.id, row.collection_id, target);
  }

  /** Begins to read it now; once more afterwards where it is being read already. */
  begin(target: UpstreamTarget): void {
    const { serverId, collectionId } = target;
    if (this.#running.has(serverId)) this.#again.set(serverId, target);
    else this.#begin(serverId, collectionId, () => Promise.resolve(target));
  }

  #begin(serverId: string, collectionId: string, target: () => Promise<UpstreamTarget>): void {
    const { stop, onFailure } = this.#options;
    if (stop.aborted || this.#running.has(serverId) || this.#running.size >= MAX_AT_ONCE) return;
    this.#running.add(serverId);
    let changed = false;
    this.#read(serverId, target).then((found) => changed = found, onFailure)
      // A server that says without an end that it has changed is not asked without an end.
      .finally(() => this.#options.onRefreshed(collectionId, changed))
      .then(() => pauseFor(PAUSE_MS, stop))
      .then(() => {
        this.#running.delete(serverId);
        const again = this.#again.get(serverId);
        this.#again.delete(serverId);
        if (again !== undefined) this.begin(again);
      });
  }

  /** Whether anything is otherwise than before. */
  async #read(serverId: string, target: () => Promise<UpstreamTarget>): Promise<boolean> {
    const { sql, upstreams, stop } = this.#options;
    const signal = AbortSignal.any([stop, AbortSignal.timeout(REFRESH_TIMEOUT_MS)]);
    try {
      const pool = await upstreams();
      const { changed } = await pool.use(await target(), {
        work: (upstream) => takeListing(sql, upstream, { serverId }),
        signal,
      });
      return changed;
    } catch (error) {
      // Whoever asked has not signed in there; others may have.
      if (error instanceof AirlockError && error.code === "sign_in_required") return false;
      if (!stop.aborted) await takeFailure(sql, error, { serverId });
      return false;
    }
  }
}
