import { join } from "node:path";
import { type FileLock, tryFileLock } from "./file_lock.ts";
import { removeTree } from "./sealed_tree.ts";

/** A private place of this process for what is not finished. It vanishes with its owner. */
export interface StagingArea extends AsyncDisposable {
  /** A path inside the area that nothing uses yet. */
  path(): string;
  /** Makes an empty directory; disposing removes it, unless it was moved away. */
  makeDirectory(): Promise<StagingDirectory>;
}

/** An empty directory of one's own. */
export interface StagingDirectory extends AsyncDisposable {
  readonly path: string;
}

/**
 * Opens an area below `root`, and sweeps what dead processes left there.
 *
 * Each area is a directory `<id>` beside a file `<id>.lock` that its owner keeps locked. The lock
 * file is made before its directory and removed after it, so a directory without one, or with one
 * that can be locked, has no owner. A process number would say less: numbers are used again, and
 * containers that share a directory do not share numbers.
 */
export async function openStagingArea(root: string): Promise<StagingArea> {
  await Deno.mkdir(root, { recursive: true });
  await sweep(root);
  const { directory, lock } = await claim(root);
  let count = 0;
  const path = () => join(directory, String(++count));
  return {
    path,
    async makeDirectory() {
      const made = path();
      await Deno.mkdir(made);
      return { path: made, [Symbol.asyncDispose]: () => removeTree(made) };
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
      await removeFile(lock.path);
      lock[Symbol.dispose]();
    },
  };
}

async function claim(root: string): Promise<{ directory: string; lock: FileLock }> {
  while (true) {
    const directory = join(root, crypto.randomUUID());
    await Deno.writeTextFile(`${directory}.lock`, "", { createNew: true });
    const lock = tryFileLock(`${directory}.lock`, "exclusive");
    // A sweep of another process may come between the two lines above.
    if (lock === undefined) continue;
    await Deno.mkdir(directory);
    return { directory, lock };
  }
}

async function sweep(root: string): Promise<void> {
  const names: string[] = [];
  for await (const child of Deno.readDir(root)) names.push(child.name);
  for (const name of names) {
    if (name.endsWith(".lock")) await sweepOne(join(root, name));
    else if (!await exists(join(root, `${name}.lock`))) await removeTree(join(root, name));
  }
}

async function sweepOne(lockPath: string): Promise<void> {
  using lock = tryFileLock(lockPath, "exclusive");
  if (lock === undefined) return;
  await removeTree(lockPath.slice(0, -".lock".length));
  await removeFile(lockPath);
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
