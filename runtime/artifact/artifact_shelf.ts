import { join } from "node:path";
import type { ArtifactForm } from "../../spec/artifact.ts";
import { isDigest } from "./artifact_digest.ts";
import { readArtifact } from "./artifact_reader.ts";
import { tryFileLock } from "./file_lock.ts";
import type { ArtifactRef } from "./ref_book.ts";
import { removeTree } from "./sealed_tree.ts";
import type { UsageClock } from "./usage_clock.ts";

/** A stored artifact, as `airlock cache ls` shows it. */
export interface StoredArtifact {
  readonly digest: string;
  /** `null` where the artifact is illegible. */
  readonly ref: ArtifactRef | null;
  readonly form: ArtifactForm | null;
  /** Of its code. */
  readonly sizeBytes: number;
  readonly lastUsedMs: number;
}

type Shown = Pick<StoredArtifact, "ref" | "form" | "sizeBytes">;

/** The directories of the stored artifacts: what is there, and its removal. */
export class ArtifactShelf {
  readonly #directory: string;
  readonly #temporary: () => string;
  readonly #clock: UsageClock;
  /** Artifacts never change, so what was read of one stays true. */
  readonly #shown = new Map<string, Shown>();

  /** `temporary` gives unused paths on the same file system. */
  constructor(directory: string, temporary: () => string, clock: UsageClock) {
    this.#directory = directory;
    this.#temporary = temporary;
    this.#clock = clock;
  }

  /** Everything stored, least recently used first. */
  async list(): Promise<StoredArtifact[]> {
    const stored: StoredArtifact[] = [];
    for await (const { name, isDirectory } of Deno.readDir(this.#directory)) {
      if (!isDirectory || !isDigest(name)) continue;
      const shown = await this.#show(name);
      const lastUsedMs = this.#clock.lastUsedMs(name);
      if (lastUsedMs !== undefined) stored.push({ digest: name, ...shown, lastUsedMs });
    }
    return stored.sort((a, b) => a.lastUsedMs - b.lastUsedMs || (a.digest < b.digest ? -1 : 1));
  }

  /**
   * Removes an artifact unless somebody holds it. It vanishes at once; then its files go.
   *
   * @returns Whether it was there and is gone.
   */
  async removeUnused(digest: string): Promise<boolean> {
    using lock = tryFileLock(join(this.#directory, digest, "manifest.json"), "exclusive");
    return lock === undefined ? false : await this.remove(digest);
  }

  /** Removes an artifact whoever holds it: for one that is corrupt. */
  async remove(digest: string): Promise<boolean> {
    const away = this.#temporary();
    try {
      // A sealed directory cannot be moved: its own `..` entry would change.
      await Deno.chmod(join(this.#directory, digest), 0o755);
      await Deno.rename(join(this.#directory, digest), away);
    } catch (error) {
      // Another process was first.
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    } finally {
      this.#shown.delete(digest);
      this.#clock.forget(digest);
    }
    await removeTree(away);
    return true;
  }

  async #show(digest: string): Promise<Shown> {
    const known = this.#shown.get(digest);
    if (known !== undefined) return known;
    const stored = await readArtifact(join(this.#directory, digest));
    if (stored === undefined) return { ref: null, form: null, sizeBytes: 0 };
    const { manifest, sizeBytes } = stored.artifact;
    const { source, packageName, version } = manifest.resolved;
    const shown = { ref: { source, packageName, version }, form: manifest.form, sizeBytes };
    this.#shown.set(digest, shown);
    return shown;
  }
}
