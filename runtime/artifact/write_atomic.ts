/** Where a file is written before it appears under its name. */
export interface AtomicWriteOptions {
  /** A path on the same file system that nobody else uses. */
  readonly temporary: string;
  /** Fail where the name is taken, instead of replacing what is there. */
  readonly exclusive?: boolean;
}

/**
 * Writes `text` so that whoever reads `[path, text]` sees all of it or nothing, whatever is killed
 * when. Power loss may still leave a short file: readers verify what they read.
 *
 * @returns `false` where `exclusive` was asked for and the name is taken.
 */
export async function writeAtomic(
  [path, text]: readonly [string, string],
  { temporary, exclusive = false }: AtomicWriteOptions,
): Promise<boolean> {
  await Deno.writeTextFile(temporary, text, { createNew: true, mode: 0o644 });
  try {
    if (!exclusive) {
      await Deno.rename(temporary, path);
      return true;
    }
    await Deno.link(temporary, path);
  } catch (error) {
    await Deno.remove(temporary);
    if (exclusive && error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
  await Deno.remove(temporary);
  return true;
}
