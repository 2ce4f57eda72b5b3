import { z } from "zod";
import type { AnySql, DatabaseSleep } from "../../registry/database/database.ts";
import { FreshCache, type FreshCacheBounds } from "../cache/fresh_cache.ts";
import { readDataKey } from "./data_keys.ts";
import type { MasterKeys, SealedDataKey } from "./master_keys.ts";
import { unseal } from "./sealed_box.ts";
import { sealPlaceOf, type SecretPlace } from "./secret_record.ts";

/** Bounds on secrets kept in memory, sealed. */
export const SECRET_CACHE_BOUNDS: FreshCacheBounds = {
  maxEntries: 500,
  maxAbsent: 500,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 2_000,
  maxReads: 16,
  retryMs: 250,
};

/** Options of {@linkcode SecretReader}. */
export interface SecretReaderOptions {
  readonly sql: AnySql;
  readonly sleep?: DatabaseSleep;
  readonly masterKeys: MasterKeys;
  readonly onFailure: (error: unknown) => void;
  readonly bounds?: FreshCacheBounds;
  /** Any monotonic clock. */
  readonly nowMs?: () => number;
}

interface SealedSecret extends SecretPlace {
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly dataKey: SealedDataKey;
}

interface SealedSecrets {
  readonly dataKey: SealedDataKey;
  readonly values: ReadonlyMap<string, Uint8Array>;
}

const sealedRow = z.object({
  name: z.string(),
  sealed: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});
const placeSchema = z.tuple([z.string(), z.string().nullable()]);

/** Opens secrets for calls. What it keeps in memory is sealed; plain values live as long as a call. */
export class SecretReader {
  readonly #cache: FreshCache<SealedSecrets>;
  readonly #masterKeys: MasterKeys;

  constructor(options: SecretReaderOptions) {
    const { sql, sleep, masterKeys, onFailure, bounds = SECRET_CACHE_BOUNDS } = options;
    this.#masterKeys = masterKeys;
    this.#cache = new FreshCache({
      what: "secrets",
      read: async (key) => {
        // No call waits for a database to be opened that holds nothing for it.
        if (sleep?.isAsleep() && await sleep.hasNobody()) return null;
        return await readSealed(sql, parsePlace(key));
      },
      bounds,
      nowMs: options.nowMs ?? (() => performance.now()),
      onFailure,
    });
  }

  /**
   * The secrets that there are in these places, later ones before earlier ones, each with what opens it.
   * @throws {AirlockError} `upstream_failed`, `rate_limited`; opening: `precondition_failed`, `internal`.
   */
  async sealedIn(places: readonly SecretPlace[]): Promise<Map<string, () => string>> {
    const openers = new Map<string, () => string>();
    for (const place of places) {
      const found = await this.#cache.find(placeKey(place));
      for (const [name, sealed] of found?.values ?? []) {
        openers.set(name, () => this.#open({ ...place, name, sealed, dataKey: found!.dataKey }));
      }
    }
    return openers;
  }

  /** Forgets what was changed on this node. */
  forget(place: SecretPlace): void {
    this.#cache.drop(placeKey(place));
  }

  #open(secret: SealedSecret): string {
    const key = this.#masterKeys.openDataKey(secret.tenant, secret.dataKey);
    try {
      return new TextDecoder().decode(unseal(secret.sealed, key, { place: sealPlaceOf(secret) }));
    } finally {
      key.fill(0);
    }
  }
}

function placeKey({ tenant, collectionId }: SecretPlace): string {
  return JSON.stringify([tenant, collectionId]);
}

function parsePlace(key: string): SecretPlace {
  const [tenant, collectionId] = placeSchema.parse(JSON.parse(key));
  return { tenant, collectionId };
}

async function readSealed(sql: AnySql, place: SecretPlace): Promise<SealedSecrets | null> {
  const dataKey = await readDataKey(sql, place.tenant);
  if (dataKey === null) return null;
  const rows = await sql`
    select name, sealed from secret
    where owner_id = ${place.tenant} and collection_id is not distinct from ${place.collectionId}`;
  if (rows.length === 0) return null;
  const values = rows.map((row) => sealedRow.parse(row));
  return { dataKey, values: new Map(values.map(({ name, sealed }) => [name, sealed])) };
}
