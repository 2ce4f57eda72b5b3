import { createHash } from "node:crypto";
import { join } from "node:path";

const MARK = "nobody";

/** Changed by PostgreSQL at every start and every end, and never the same again. */
const CONTROL_FILE = join("cluster", "global", "pg_control");

/**
 * Whether a directory is known to hold nobody's account, no key and no secret without its database
 * being asked: there is no database yet, or the last process that used it left a mark when it closed
 * it. Whatever else is the case, the database has to be asked. The caller has the directory's lock.
 */
export async function holdsNobody(directory: string): Promise<boolean> {
  try {
    const mark = await readIfThere(join(directory, MARK));
    if (mark !== undefined) {
      return new TextDecoder().decode(mark) === await stateOf(directory);
    }
    return !await isThere(join(directory, "cluster")) &&
      !await isThere(join(directory, "complete"));
  } catch {
    // What cannot be read opens nothing: the database is asked, and says what is wrong.
    return false;
  }
}

/** Removes the mark for good. To be done before a database is opened, since users may come then. */
export async function removeNobodyMark(directory: string): Promise<void> {
  if (!await isThere(join(directory, MARK))) return;
  await Deno.remove(join(directory, MARK));
  await syncDirectory(directory);
}

/**
 * Notes that a database which was closed a moment ago holds nobody's account, no key and no secret.
 * The mark is of this very state of the database: it says nothing about a later one, nor about
 * another one put in its place.
 */
export async function leaveNobodyMark(directory: string): Promise<void> {
  const temporary = join(directory, `${MARK}.new`);
  await Deno.writeTextFile(temporary, await stateOf(directory), { mode: 0o600 });
  await Deno.rename(temporary, join(directory, MARK));
}

async function stateOf(directory: string): Promise<string> {
  const control = await Deno.readFile(join(directory, CONTROL_FILE));
  return createHash("sha256").update(control).digest("hex");
}

async function syncDirectory(directory: string): Promise<void> {
  using opened = await Deno.open(directory);
  await opened.sync();
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return await isThere(path) ? await Deno.readFile(path) : undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
