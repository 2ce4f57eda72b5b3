import { dirname } from "node:path";

/** Readable and writable by its user alone. */
const PRIVATE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** Replaces a file as a whole, for its user's eyes only. Never is there half of it. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: PRIVATE_DIRECTORY });
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(temporary, text, { mode: PRIVATE, createNew: true });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {
      // It was not made, or it was renamed already.
    });
    throw error;
  }
}

/** The text of a file, which from now on only its user may read; `null` where there is none. */
export async function readPrivate(path: string): Promise<string | null> {
  try {
    const { mode } = await Deno.stat(path);
    if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(path, PRIVATE);
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
