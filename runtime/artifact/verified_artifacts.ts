import { join } from "node:path";
import type { Artifact } from "../../spec/artifact.ts";
import { identityOf, verifyArtifact } from "./artifact_reader.ts";

/** How often a verified artifact is looked at again, and what becomes of a bad one. */
export interface VerifyPolicy {
  /** At most once in this time. */
  readonly recheckMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Takes a corrupt artifact away. */
  readonly discard: (digest: string) => Promise<void>;
}

interface Verified {
  readonly artifact: Artifact;
  readonly identity: string;
  nextCheckMs: number;
}

/** More artifacts than this are verified again rather than remembered. */
const MAX_REMEMBERED = 2_000;

/** A check may take at most one part in this many of the time between two checks. */
const CHECK_SHARE = 100;

/**
 * The artifacts whose every byte this process has compared to their digest.
 *
 * The first `check` reads everything. A later one compares {@linkcode identityOf}, which costs one
 * `lstat` per file, at most every `recheckMs` and never more than 1 % of the time; where that
 * changed, everything is read again. So damage done to a file is served for `recheckMs` at most.
 */
export class VerifiedArtifacts {
  readonly #directory: string;
  readonly #policy: VerifyPolicy;
  readonly #verified = new Map<string, Verified>();
  readonly #running = new Map<string, Promise<Artifact | undefined>>();

  /** `directory` holds the artifacts, each below its digest. */
  constructor(directory: string, policy: VerifyPolicy) {
    this.#directory = directory;
    this.#policy = policy;
  }

  /** The artifact where it was verified so shortly ago that no look at its files is due. */
  recent(digest: string): Artifact | undefined {
    const known = this.#verified.get(digest);
    return known !== undefined && this.#policy.now() < known.nextCheckMs
      ? known.artifact
      : undefined;
  }

  /**
   * `undefined` where the artifact was not what its digest says, and is gone. Concurrent checks are
   * one.
   */
  check(digest: string): Promise<Artifact | undefined> {
    const recent = this.recent(digest);
    if (recent !== undefined) return Promise.resolve(recent);
    const running = this.#running.get(digest);
    if (running !== undefined) return running;
    const started = this.#check(digest, this.#verified.get(digest)).finally(() =>
      this.#running.delete(digest)
    );
    this.#running.set(digest, started);
    return started;
  }

  /** To be called when an artifact is removed. */
  forget(digest: string): void {
    this.#verified.delete(digest);
  }

  async #check(digest: string, known: Verified | undefined): Promise<Artifact | undefined> {
    const directory = join(this.#directory, digest);
    const startMs = this.#policy.now();
    // Taken before the bytes are read: a write in between shows at the next check.
    const identity = await identityOf(directory);
    if (known?.identity === identity) {
      this.#schedule(known, startMs);
      return known.artifact;
    }
    this.#verified.delete(digest);
    const artifact = await verifyArtifact(directory, digest);
    if (artifact === undefined) {
      await this.#policy.discard(digest);
      return undefined;
    }
    if (this.#verified.size >= MAX_REMEMBERED) this.#forgetOldest();
    const verified = { artifact, identity, nextCheckMs: 0 };
    this.#schedule(verified, startMs);
    this.#verified.set(digest, verified);
    return artifact;
  }

  #schedule(verified: Verified, startMs: number): void {
    const endMs = this.#policy.now();
    const pauseMs = Math.max(this.#policy.recheckMs, (endMs - startMs) * CHECK_SHARE);
    verified.nextCheckMs = endMs + (this.#policy.recheckMs === 0 ? 0 : pauseMs);
  }

  #forgetOldest(): void {
    for (const oldest of this.#verified.keys()) {
      this.#verified.delete(oldest);
      return;
    }
  }
}
