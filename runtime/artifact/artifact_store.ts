import { join } from "node:path";
import type { ArtifactLock, ArtifactManifest } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type ArtifactLease, leaseOf } from "./artifact_lease.ts";
import { ArtifactShelf, type StoredArtifact } from "./artifact_shelf.ts";
import { assembleArtifact } from "./assemble_artifact.ts";
import { type FileLock, tryFileLock } from "./file_lock.ts";
import { type Hold, HoldTable } from "./hold_table.ts";
import { isToGo, type PruneOptions, type PruneReport } from "./prune.ts";
import { type ArtifactRef, RefBook, refKey } from "./ref_book.ts";
import { openStagingArea, type StagingArea, type StagingDirectory } from "./staging_area.ts";
import { UsageClock } from "./usage_clock.ts";
import { VerifiedArtifacts } from "./verified_artifacts.ts";

/** Where a store is and how much it keeps. */
export interface ArtifactStoreOptions {
  /** Absolute path; made where absent. Several processes may share it. */
  readonly directory: string;
  /** Code kept; beyond it the least recently used artifacts that nobody holds go. */
  readonly maxBytes: number;
  /** How long a verified artifact is served without a look at its files, and stays locked unused. */
  readonly recheckMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What is stored with the code. */
export interface ArtifactParts {
  readonly manifest: ArtifactManifest;
  readonly lock: ArtifactLock;
}

/** Refs kept in memory, so that a hit reads no file. */
const MAX_KNOWN_REFS = 10_000;

const MAX_PUBLISH_ATTEMPTS = 5;

/**
 * Artifacts by digest on disk:
 *
 * ```text
 * artifacts/<digest>/{manifest.json, lock.json, files.json, code/…}   read-only
 * refs/<hash of source, name, version>.json                           digest and lock
 * staging/<id>/                                                       unfinished; swept
 * ```
 *
 * Whatever is killed when: an artifact appears by one rename, and is compared to its digest before
 * it is first served by a process. Open with {@linkcode ArtifactStore.open}; dispose to give back
 * locks and private directories.
 */
export class ArtifactStore implements AsyncDisposable {
  readonly #artifacts: string;
  readonly #maxBytes: number;
  readonly #now: () => number;
  readonly #staging: StagingArea;
  readonly #refs: RefBook;
  readonly #holds: HoldTable;
  readonly #verified: VerifiedArtifacts;
  readonly #clock: UsageClock;
  readonly #shelf: ArtifactShelf;
  readonly #known = new Map<string, string>();

  private constructor(options: ArtifactStoreOptions, staging: StagingArea) {
    const { directory, maxBytes, recheckMs = 1_000, now = Date.now } = options;
    this.#artifacts = join(directory, "artifacts");
    this.#maxBytes = maxBytes;
    this.#now = now;
    this.#staging = staging;
    this.#refs = new RefBook(join(directory, "refs"), staging.path);
    this.#holds = new HoldTable(this.#artifacts, { restMs: recheckMs });
    this.#verified = new VerifiedArtifacts(this.#artifacts, {
      recheckMs,
      now: () => performance.now(),
      discard: (digest) => this.#discard(digest),
    });
    this.#clock = new UsageClock(this.#artifacts, now);
    this.#shelf = new ArtifactShelf(this.#artifacts, staging.path, this.#clock);
  }

  /** Opens the store, making it where absent, and sweeps what dead processes left unfinished. */
  static async open(options: ArtifactStoreOptions): Promise<ArtifactStore> {
    for (const name of ["artifacts", "refs"]) {
      await Deno.mkdir(join(options.directory, name), { recursive: true });
    }
    return new ArtifactStore(options, await openStagingArea(join(options.directory, "staging")));
  }

  /** The same as {@linkcode find} where nothing has to be waited for, else `undefined`. */
  findAtOnce(ref: ArtifactRef): ArtifactLease | undefined {
    const digest = this.#known.get(refKey(ref));
    const artifact = digest === undefined ? undefined : this.#verified.recent(digest);
    const hold = artifact === undefined ? undefined : this.#holds.hold(artifact.digest);
    if (artifact === undefined || hold === undefined) return undefined;
    this.#clock.touch(artifact.digest);
    return leaseOf(artifact, hold);
  }

  /** The artifact of a package version; `undefined` where it has to be built. */
  async find(ref: ArtifactRef): Promise<ArtifactLease | undefined> {
    const key = refKey(ref);
    const known = this.#known.get(key);
    if (known !== undefined) {
      const lease = await this.get(known);
      if (lease !== undefined) return lease;
      this.#known.delete(key);
    }
    const record = await this.#refs.read(ref);
    if (record === undefined || record.digest === known) return undefined;
    const lease = await this.get(record.digest);
    if (lease !== undefined) this.#remember(key, record.digest);
    return lease;
  }

  /** The artifact with this digest. A corrupt one is removed, never served. */
  async get(digest: string): Promise<ArtifactLease | undefined> {
    const hold = this.#holds.hold(digest);
    if (hold === undefined) return undefined;
    const lease = await this.#lease(hold);
    if (lease === undefined) hold[Symbol.dispose]();
    return lease;
  }

  /** What the package version was first built from, whether or not its artifact is still here. */
  async lockOf(ref: ArtifactRef): Promise<ArtifactLock | undefined> {
    return (await this.#refs.read(ref))?.lock;
  }

  /** An empty directory on the store's file system, for what {@linkcode put} will take. */
  stage(): Promise<StagingDirectory> {
    return this.#staging.makeDirectory();
  }

  /**
   * Stores the code below `codeDirectory`, which must be below a directory from
   * {@linkcode stage} and is moved away from there.
   *
   * @throws {AirlockError} `artifact_failed` at stage `store` where the lock differs from that of
   * an earlier build, or the code holds what cannot be stored.
   */
  async put(codeDirectory: string, parts: ArtifactParts): Promise<ArtifactLease> {
    await using made = await this.#staging.makeDirectory();
    const assembled = await assembleArtifact(made.path, { codeDirectory, ...parts });
    const { digest, manifest } = assembled;
    const { source, packageName, version } = manifest.resolved;
    const ref = { source, packageName, version };
    await this.#refs.record({ ref, digest, lock: parts.lock });
    const lease = await this.#publish(made.path, digest);
    this.#remember(refKey(ref), digest);
    await this.prune({ maxBytes: this.#maxBytes });
    return lease;
  }

  /** Everything stored, least recently used first. */
  list(): Promise<StoredArtifact[]> {
    return this.#shelf.list();
  }

  /** Removes what `options` name, except what any process holds. */
  async prune(options: PruneOptions): Promise<PruneReport> {
    this.#clock.flush();
    this.#holds.releaseResting();
    const removed: StoredArtifact[] = [];
    const inUse: StoredArtifact[] = [];
    const everything = await this.#shelf.list();
    let keptBytes = sizeOf(everything);
    for (const stored of everything) {
      if (!isToGo(stored, { ...options, keptBytes, nowMs: this.#now() })) continue;
      const gone = await this.#removeUnused(stored);
      if (gone) keptBytes -= stored.sizeBytes;
      (gone ? removed : inUse).push(stored);
    }
    if (options.locks === true) await this.#refs.clear();
    return { removed, inUse, freedBytes: sizeOf(removed) };
  }

  /** Writes down last-used times and removes what this store left unfinished. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#clock.flush();
    this.#holds[Symbol.dispose]();
    await this.#staging[Symbol.asyncDispose]();
  }

  async #lease(hold: Hold): Promise<ArtifactLease | undefined> {
    try {
      const artifact = await this.#verified.check(hold.digest);
      if (artifact === undefined) return undefined;
      this.#clock.touch(hold.digest);
      return leaseOf(artifact, hold);
    } catch (error) {
      hold[Symbol.dispose]();
      throw error;
    }
  }

  async #removeUnused({ digest, ref }: StoredArtifact): Promise<boolean> {
    // An illegible one has nothing to hold it by.
    const gone =
      await (ref === null ? this.#shelf.remove(digest) : this.#shelf.removeUnused(digest));
    if (gone) this.#verified.forget(digest);
    return gone;
  }

  async #publish(directory: string, digest: string): Promise<ArtifactLease> {
    for (let attempt = 1;; attempt++) {
      const present = await this.get(digest);
      if (present !== undefined) return present;
      // What is there twice and cannot be opened has lost its manifest.
      if (attempt > 2) await this.#shelf.remove(digest);
      // Locked before it has its name, so that no eviction comes between.
      const lock = lockNew(directory);
      try {
        await Deno.rename(directory, join(this.#artifacts, digest));
      } catch (error) {
        lock[Symbol.dispose]();
        if (attempt < MAX_PUBLISH_ATTEMPTS && isTaken(error)) continue;
        throw error;
      }
      using _hold = this.#holds.adopt(digest, lock);
      await Deno.chmod(join(this.#artifacts, digest), 0o555);
    }
  }

  async #discard(digest: string): Promise<void> {
    // Another process may have put a good one there since.
    if (this.#holds.isCurrent(digest)) await this.#shelf.remove(digest);
    this.#holds.abandon(digest);
  }

  #remember(key: string, digest: string): void {
    if (this.#known.size >= MAX_KNOWN_REFS) this.#known.clear();
    this.#known.set(key, digest);
  }
}

function sizeOf(stored: readonly StoredArtifact[]): number {
  return stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function lockNew(directory: string): FileLock {
  const lock = tryFileLock(join(directory, "manifest.json"), "shared");
  if (lock === undefined) throw new AirlockError("internal", "Storing the artifact: it vanished");
  return lock;
}

/** Renaming onto a directory that is not empty: POSIX leaves the choice between two errors. */
function isTaken(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOTEMPTY" || code === "EEXIST" || error instanceof Deno.errors.AlreadyExists;
}
