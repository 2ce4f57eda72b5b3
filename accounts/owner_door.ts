import type { Database } from "../registry/database/database.ts";
import { FreshCache, type FreshCacheBounds } from "./cache/fresh_cache.ts";

/** Bounds on remembering that nobody has an account yet. */
const DOOR_BOUNDS: FreshCacheBounds = {
  maxEntries: 1,
  maxAbsent: 1,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 5_000,
  maxReads: 4,
  retryMs: 250,
};

const EMBEDDED_BOUNDS: FreshCacheBounds = { ...DOOR_BOUNDS, freshMs: 60_000, staleMs: Infinity };

const ONLY = "installation";

/**
 * Whether an installation still takes whoever has its machine for its owner. It does until the first
 * user is created, and never again: what was closed once is not asked about any more.
 */
export class OwnerDoor {
  readonly #cache: FreshCache<{ readonly closed: boolean }>;
  #closed = false;

  constructor(
    options: {
      readonly database: Pick<Database, "sql" | "kind" | "sleep">;
      readonly onFailure: (error: unknown) => void;
    },
  ) {
    const { database: { sql, kind, sleep }, onFailure } = options;
    this.#cache = new FreshCache({
      what: "accounts",
      read: async () => {
        // To open a database takes long: not before there is somebody to be known.
        if (sleep?.isAsleep() && await sleep.hasNobody()) return { closed: false };
        const [row] = await sql`select exists (select from installation) as closed`;
        // Whatever is not as it should be opens nothing.
        return { closed: row?.closed !== false };
      },
      // Whoever else uses an embedded database does so through this process, which then hears of it.
      bounds: kind === "pglite" ? EMBEDDED_BOUNDS : DOOR_BOUNDS,
      nowMs: () => performance.now(),
      onFailure,
    });
  }

  /** @throws {AirlockError} `upstream_failed` where it cannot be found out: then it is not open. */
  async isClosed(): Promise<boolean> {
    if (this.#closed) return true;
    const found = await this.#cache.find(ONLY);
    this.#closed ||= found?.closed !== false;
    return this.#closed;
  }

  /** Asks again: a user may have been created. */
  recheck(): void {
    this.#cache.drop(ONLY);
  }
}
