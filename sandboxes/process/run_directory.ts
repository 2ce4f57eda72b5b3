import { join } from "node:path";
import { killOrphans } from "./orphans.ts";

/**
 * A directory for the files of live sandboxes, one per gateway process. Disposing removes it. What
 * a gateway left behind when it was killed is removed by the next one: a held lock tells who lives.
 */
export class RunDirectory implements AsyncDisposable {
  readonly path: string;
  readonly #lock: Deno.FsFile;

  private constructor(path: string, lock: Deno.FsFile) {
    this.path = path;
    this.#lock = lock;
  }

  /** Makes a fresh directory below `base`, and sweeps those whose owner has died. */
  static async open(base: string): Promise<RunDirectory> {
    await Deno.mkdir(base, { recursive: true, mode: 0o700 });
    await sweep(base);
    for (;;) {
      const path = join(base, crypto.randomUUID());
      const lock = await Deno.open(lockOf(path), { create: true, write: true });
      await lock.lock(true);
      // Locked before the directory exists, so that a sweep never sees it without its lock. One
      // that came between the two lines above took the file for a dead owner's and removed it.
      if (await exists(lockOf(path))) {
        await Deno.mkdir(path, { mode: 0o700 });
        return new RunDirectory(path, lock);
      }
      lock.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Closed whatever happens: what could not be removed is then swept by the next gateway.
    using _lock = this.#lock;
    await removeTree(this.path);
    await removeTree(lockOf(this.path));
  }
}

function lockOf(path: string): string {
  return `${path}${LOCK_SUFFIX}`;
}

const LOCK_SUFFIX = ".lock";

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function sweep(base: string): Promise<void> {
  for await (const entry of Deno.readDir(base)) {
    if (!entry.name.endsWith(LOCK_SUFFIX)) continue;
    const lockPath = join(base, entry.name);
    try {
      using lock = await Deno.open(lockPath, { write: true });
      if (!await lock.tryLock(true)) continue;
      const path = lockPath.slice(0, -LOCK_SUFFIX.length);
      // A gateway killed while it started a sandbox may have left that behind.
      killOrphans({ in: "cmdline", text: path });
      await removeTree(path);
      await Deno.remove(lockPath);
    } catch (error) {
      // Another gateway swept it first.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Removes a directory with all in it; absent is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
