import { join } from "node:path";
import { type FileLock, tryFileLock } from "./file_lock.ts";

/** A promise that an artifact stays where it is until this is disposed. */
export interface Hold extends Disposable {
  readonly digest: string;
  /** Another hold on the same artifact, of its own life. Only before this one is disposed. */
  share(): Hold;
}

interface Entry {
  readonly lock: FileLock;
  count: number;
}

/**
 * Which artifacts are in use. In this process they are counted; towards other processes the first
 * hold takes a shared lock on the artifact's manifest, and the last gives it back: not at once, but
 * when nobody has come for `restMs`, since calls follow one another and locking costs as much as the
 * rest of finding. Disposing gives back what rests.
 */
export class HoldTable implements Disposable {
  readonly #directory: string;
  #restMs: number;
  readonly #held = new Map<string, Entry>();
  /** Digests whose last hold is gone; those of an earlier turn of the timer are `#tired`. */
  #resting = new Set<string>();
  #tired = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `directory` holds the artifacts, each below its digest. */
  constructor(directory: string, { restMs }: { readonly restMs: number }) {
    this.#directory = directory;
    this.#restMs = restMs;
  }

  /** `undefined` where there is no such artifact, or it is being removed. */
  hold(digest: string): Hold | undefined {
    const entry = this.#held.get(digest);
    if (entry !== undefined) return this.#count(digest, entry);
    const lock = tryFileLock(join(this.#directory, digest, "manifest.json"), "shared");
    return lock === undefined ? undefined : this.adopt(digest, lock);
  }

  /** A hold by a lock that was taken before the artifact came to its place. */
  adopt(digest: string, lock: FileLock): Hold {
    this.abandon(digest);
    const entry = { lock, count: 0 };
    this.#held.set(digest, entry);
    return this.#count(digest, entry);
  }

  /** Whether what this process holds is still what is at that place. */
  isCurrent(digest: string): boolean {
    const held = this.#held.get(digest)?.lock;
    if (held === undefined) return false;
    return held.isCurrent(join(this.#directory, digest, "manifest.json"));
  }

  /** Forgets a hold on an artifact that was corrupt and is gone: what comes next is another one. */
  abandon(digest: string): void {
    const entry = this.#held.get(digest);
    this.#held.delete(digest);
    entry?.lock[Symbol.dispose]();
  }

  /** Gives back the locks that nobody uses now. */
  releaseResting(): void {
    this.#release(this.#tired);
    this.#release(this.#resting);
  }

  /** Holds that are still in use give their lock back when they are disposed. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#restMs = 0;
    this.releaseResting();
  }

  #count(digest: string, entry: Entry): Hold {
    entry.count++;
    let disposed = false;
    return {
      digest,
      share: () => this.#count(digest, entry),
      [Symbol.dispose]: () => {
        if (disposed) return;
        disposed = true;
        if (--entry.count === 0) this.#rest(digest, entry);
      },
    };
  }

  #rest(digest: string, entry: Entry): void {
    if (this.#held.get(digest) !== entry) return;
    this.#tired.delete(digest);
    this.#resting.add(digest);
    if (this.#restMs === 0) return this.releaseResting();
    if (this.#timer === undefined) this.#startTimer();
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#release(this.#tired);
      [this.#tired, this.#resting] = [this.#resting, this.#tired];
      if (this.#tired.size > 0) this.#startTimer();
    }, this.#restMs);
    // The end of the process gives its locks back as well.
    Deno.unrefTimer(this.#timer);
  }

  /** A digest that has found a new user is not given back, only forgotten here. */
  #release(digests: Set<string>): void {
    for (const digest of digests) {
      if (this.#held.get(digest)?.count === 0) this.abandon(digest);
    }
    digests.clear();
  }
}
