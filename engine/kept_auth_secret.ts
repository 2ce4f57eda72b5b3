import { dirname } from "node:path";

const SECRET_BYTES = 32;

/** The secret in a file that only its owner reads; made with the file where there is none. */
export async function keptAuthSecret(path: string): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const fresh = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64();
  const temporary = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(temporary, fresh, { createNew: true, mode: 0o600 });
  try {
    // Linking fails where there is one already: of two that start at once, both read the same.
    await Deno.link(temporary, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(temporary);
  }
  return await Deno.readTextFile(path);
}
