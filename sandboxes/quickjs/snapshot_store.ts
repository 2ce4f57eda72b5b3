import { createHash } from "node:crypto";
import { join } from "node:path";

/** What loading a module showed, kept with its state. */
export interface SnapshotFacts {
  /** Names of the environment that it asked for: a state with their values must not be shared. */
  readonly readsEnv: readonly string[];
  readonly exports: readonly string[];
}

/** The state of a loaded module as it was stored, verified. */
export interface StoredSnapshot {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly facts: SnapshotFacts;
}

/** Where snapshots are kept, and how much of them. */
export interface SnapshotStoreOptions {
  readonly directory: string;
  readonly maxBytes: number;
}

type Entry = SnapshotFacts & { readonly sha256: string };

const IMAGE = ".image";
const ENTRY = ".json";

/**
 * States of loaded modules on disk. They hold nothing of any caller: modules are loaded without
 * environment and without permission. Each is written under a temporary name first; the small file
 * that names its digest comes last, so a state without one is as good as absent. Several gateways may
 * share the directory.
 */
export class SnapshotStore {
  readonly #options: SnapshotStoreOptions;

  constructor(options: SnapshotStoreOptions) {
    this.#options = options;
  }

  /** `null` where there is none, or one that is not what was stored, which is then removed. */
  async get(key: string): Promise<StoredSnapshot | null> {
    const [image, entryFile] = [this.#path(key, IMAGE), this.#path(key, ENTRY)];
    let entry: Entry | null;
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      entry = parseEntry(await Deno.readTextFile(entryFile));
      bytes = await Deno.readFile(image);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    if (entry === null || sha256Of(bytes) !== entry.sha256) {
      await Promise.all([entryFile, image].map(removeFile));
      return null;
    }
    const now = new Date();
    // Its age decides what is removed first; where it cannot be set, the order is a little worse.
    await Deno.utime(image, now, now).catch(() => {});
    const { sha256, ...facts } = entry;
    return { bytes, sha256, facts };
  }

  async put(
    key: string,
    { bytes, facts }: Omit<StoredSnapshot, "sha256">,
  ): Promise<StoredSnapshot> {
    const { directory } = this.#options;
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    const sha256 = sha256Of(bytes);
    const entry: Entry = { ...facts, sha256 };
    await this.#write(this.#path(key, IMAGE), bytes);
    await this.#write(this.#path(key, ENTRY), new TextEncoder().encode(JSON.stringify(entry)));
    await this.#prune(key);
    return { bytes, sha256, facts };
  }

  async #write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const temporary = join(this.#options.directory, `.${crypto.randomUUID()}`);
    try {
      await Deno.writeFile(temporary, bytes, { createNew: true, mode: 0o600 });
      await Deno.rename(temporary, path);
    } catch (error) {
      await removeFile(temporary);
      throw error;
    }
  }

  /** Removes the longest unused until the rest fits; never the one just written. */
  async #prune(keep: string): Promise<void> {
    const { directory, maxBytes } = this.#options;
    const images: { key: string; bytes: number; usedMs: number }[] = [];
    for await (const { name } of Deno.readDir(directory)) {
      if (!name.endsWith(IMAGE)) continue;
      // Another gateway may just have removed it.
      const info = await Deno.stat(join(directory, name)).catch(() => null);
      if (info === null) continue;
      const key = name.slice(0, -IMAGE.length);
      images.push({ key, bytes: info.size, usedMs: info.mtime?.getTime() ?? 0 });
    }
    let totalBytes = images.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { key, bytes } of images.sort((a, b) => a.usedMs - b.usedMs)) {
      if (totalBytes <= maxBytes) return;
      if (key === keep) continue;
      await Promise.all([ENTRY, IMAGE].map((suffix) => removeFile(this.#path(key, suffix))));
      totalBytes -= bytes;
    }
  }

  #path(key: string, suffix: string): string {
    return join(this.#options.directory, `${key}${suffix}`);
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // Gone already, or never there.
  }
}

function parseEntry(text: string): Entry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // Half a file is no entry.
  }
  return isEntry(value) ? value : null;
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  return "sha256" in value && typeof value.sha256 === "string" &&
    "readsEnv" in value && isTextList(value.readsEnv) &&
    "exports" in value && isTextList(value.exports);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
