import { join } from "node:path";
import { hasIntegrity, type Integrity } from "./integrity.ts";

/** Verified tarballs on disk, addressed by their hash. Safe to share between processes. */
export class TarballCache {
  readonly #directory: string;
  readonly #maxBytes: number;

  /** @param directory Absolute path; made when first needed. */
  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that were hashed again just now, so a damaged cache is only a slow one. */
  async get(integrity: Integrity): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const path = this.#pathOf(integrity);
    try {
      const bytes = await Deno.readFile(path);
      if (hasIntegrity(bytes, integrity)) {
        await Deno.utime(path, new Date(), new Date());
        return bytes;
      }
      await Deno.remove(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return undefined;
  }

  /** Keeps bytes that the caller has verified. */
  async put(integrity: Integrity, bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > this.#maxBytes / 4) return;
    await Deno.mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#pathOf(integrity);
    const temporary = `${path}.${crypto.randomUUID()}`;
    try {
      await Deno.writeFile(temporary, bytes, { mode: 0o600, createNew: true });
      await Deno.rename(temporary, path);
    } catch (error) {
      // Never made, or renamed already: either way it is gone.
      await Deno.remove(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** Removes the least recently used tarballs until the rest fits. */
  async prune(): Promise<void> {
    const files = await this.#list();
    files.sort((a, b) => b.usedAtMs - a.usedAtMs);
    let total = 0;
    for (const { path, bytes } of files) {
      total += bytes;
      if (total > this.#maxBytes) await Deno.remove(path).catch(ignoreMissing);
    }
  }

  async #list(): Promise<{ path: string; bytes: number; usedAtMs: number }[]> {
    const files = [];
    try {
      for await (const entry of Deno.readDir(this.#directory)) {
        const path = join(this.#directory, entry.name);
        const info = await Deno.stat(path).catch(ignoreMissing);
        if (info?.isFile) {
          files.push({ path, bytes: info.size, usedAtMs: info.mtime?.getTime() ?? 0 });
        }
      }
    } catch (error) {
      ignoreMissing(error);
    }
    return files;
  }

  #pathOf({ algorithm, digest }: Integrity): string {
    return join(this.#directory, `${algorithm}-${digest.toHex()}.tgz`);
  }
}

/** Another process prunes the same directory: what is gone needs no removing. */
function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
