import { join } from "node:path";

/** Last-used times are written down at most this often for each artifact. */
const WRITE_EVERY_MS = 60_000;

/**
 * When each artifact was last used. Kept in memory, written down as the modification time of the
 * artifact's directory: cheap, shared by every process, and gone with the artifact.
 */
export class UsageClock {
  readonly #directory: string;
  readonly #now: () => number;
  readonly #used = new Map<string, { atMs: number; writtenMs: number }>();

  /** `directory` holds the artifacts, each below its digest; `now` is milliseconds since 1970. */
  constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#now = now;
  }

  /** Notes a use now. */
  touch(digest: string): void {
    const atMs = this.#now();
    const entry = this.#used.get(digest) ?? { atMs, writtenMs: Number.NEGATIVE_INFINITY };
    entry.atMs = atMs;
    this.#used.set(digest, entry);
    if (atMs - entry.writtenMs >= WRITE_EVERY_MS) this.#write(digest, entry);
  }

  /** The last use by any process, as far as written down; `undefined` where it is gone. */
  lastUsedMs(digest: string): number | undefined {
    try {
      const written = Deno.lstatSync(join(this.#directory, digest)).mtime?.getTime() ?? 0;
      return Math.max(written, this.#used.get(digest)?.atMs ?? 0);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** To be called when an artifact is removed. */
  forget(digest: string): void {
    this.#used.delete(digest);
  }

  /** Writes down what is not yet. */
  flush(): void {
    for (const [digest, entry] of this.#used) {
      if (entry.writtenMs !== entry.atMs) this.#write(digest, entry);
    }
  }

  #write(digest: string, entry: { atMs: number; writtenMs: number }): void {
    try {
      const at = new Date(entry.atMs);
      Deno.utimeSync(join(this.#directory, digest), at, at);
      entry.writtenMs = entry.atMs;
    } catch (error) {
      // Another process evicted it: there is nothing left to date.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      this.#used.delete(digest);
    }
  }
}
