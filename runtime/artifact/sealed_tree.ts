import { join } from "node:path";

/**
 * Takes all write permission from `directory` and everything below it: files 0444, directories
 * 0555. Links have no mode of their own.
 */
export async function sealTree(directory: string): Promise<void> {
  for await (const child of Deno.readDir(directory)) {
    const path = join(directory, child.name);
    if (child.isDirectory) await sealTree(path);
    else if (child.isFile) await Deno.chmod(path, 0o444);
  }
  await Deno.chmod(directory, 0o555);
}

/** Removes `directory` with all below it, sealed or not. Absent is fine. */
export async function removeTree(directory: string): Promise<void> {
  try {
    await Deno.remove(directory, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    await unsealDirectories(directory);
    await removeAgain(directory);
  }
}

async function removeAgain(directory: string): Promise<void> {
  try {
    await Deno.remove(directory, { recursive: true });
  } catch (error) {
    // Another process swept the same tree at the same time.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removing a file needs a writable directory, not a writable file. */
async function unsealDirectories(directory: string): Promise<void> {
  try {
    await Deno.chmod(directory, 0o755);
    for await (const child of Deno.readDir(directory)) {
      if (child.isDirectory) await unsealDirectories(join(directory, child.name));
    }
  } catch (error) {
    // Another process swept the same tree at the same time.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
