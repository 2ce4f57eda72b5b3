import { join } from "node:path";
import { AirlockError } from "../../spec/errors.ts";

/** A directory that only this process uses. Disposing lets others have it. */
export interface DirectoryLock extends Disposable {
  /** Disposing does nothing any more: the directory stays locked until this process ends. */
  keep(): void;
}

/**
 * Locks a directory for this process by a file in it. The system frees the lock when the process
 * ends, however it ends, so there is no stale one. The same process cannot take it twice either.
 * @throws {AirlockError} `conflict` when another holds it.
 */
export async function lockDirectory(path: string): Promise<DirectoryLock> {
  const file = await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  if (!file.tryLockSync(true)) {
    const holder = new TextDecoder().decode(await new Response(file.readable).bytes()).trim();
    throw inUse(/^\d+$/.test(holder) ? holder : undefined);
  }
  file.truncateSync();
  file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  let isKept = false;
  return {
    keep: () => void (isKept = true),
    [Symbol.dispose]() {
      if (!isKept) file.close();
    },
  };
}

/**
 * Makes the directory where it is missing, and has it for this process.
 * @throws {AirlockError} `conflict` when another process uses it.
 */
export async function lockPgliteDirectory(directory: string): Promise<DirectoryLock> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  return await lockDirectory(join(directory, "lock"));
}

function inUse(pid: string | undefined): AirlockError {
  const whose = pid === undefined ? "another process" : `process ${pid}`;
  return new AirlockError("conflict", `Opening the database: ${whose} uses it`, {
    suggestion: "End that process, give this one another AIRLOCK_DATA_DIR, or let both use a " +
      "PostgreSQL server: AIRLOCK_DATABASE_URL.",
  });
}
