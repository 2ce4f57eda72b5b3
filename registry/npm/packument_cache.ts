import type { Packument } from "./packument.ts";

/** A packument worth asking the registry about only by its entity tag. */
export interface CachedPackument {
  readonly packument: Packument;
  readonly etag: string;
  /** Young enough to be used without asking. */
  readonly fresh: boolean;
}

interface Entry {
  readonly packument: Packument;
  readonly etag: string | null;
  readonly bytes: number;
  readonly storedAtMs: number;
}

/** Of JSON text. What is kept of it takes about as much memory. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

/** Recently used packuments, least recently used dropped first. */
export class PackumentCache {
  readonly #freshMs: number;
  readonly #entries = new Map<string, Entry>();
  #totalBytes = 0;

  constructor(freshMs: number) {
    this.#freshMs = freshMs;
  }

  /**
   * `undefined` also for a stale packument whose registry gave no entity tag.
   * @param maxAgeMs for which one counts as fresh, where that is less than usual.
   */
  get(key: string, maxAgeMs = Infinity): CachedPackument | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const fresh = performance.now() - entry.storedAtMs < Math.min(this.#freshMs, maxAgeMs);
    if (!fresh && entry.etag === null) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return { packument: entry.packument, etag: entry.etag ?? "", fresh };
  }

  /** Makes a packument fresh again after the registry said that it has not changed. */
  renew(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.set(key, { ...entry, storedAtMs: performance.now() });
    }
  }

  /** Stores a packument as fresh; `bytes` is the length of its JSON text. */
  set(key: string, stored: Omit<Entry, "storedAtMs">): void {
    this.#remove(key);
    if (stored.bytes > MAX_TOTAL_BYTES / 2) return;
    this.#entries.set(key, { ...stored, storedAtMs: performance.now() });
    this.#totalBytes += stored.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#totalBytes <= MAX_TOTAL_BYTES) break;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#totalBytes -= entry.bytes;
  }
}
