import type { Backend } from "./backend.ts";
import { type DirectoryLock, lockPgliteDirectory } from "./directory_lock.ts";
import { PgliteConnection } from "./pglite_connection.ts";
import type { PgliteNotices } from "./pglite_notices.ts";
import { PgliteThread } from "./pglite_thread.ts";
import { Turns } from "./turns.ts";

/** How PGlite is opened. */
export interface PgliteBackendOptions {
  /** Where it keeps its files; in memory where absent. Made when missing. */
  readonly directory: string | undefined;
  /** Whether a new one begins with the program's migrations. */
  readonly prepared: boolean;
  /** After which an idle transaction is rolled back, since everyone else waits for it. */
  readonly transactionIdleMs: number;
  /** Told of what the database says on channels. */
  readonly notices: PgliteNotices;
  /** Of the directory, where the caller has it and goes on to have it; taken where absent. */
  readonly lock?: DirectoryLock;
}

/**
 * PGlite in a thread of this process. A directory is used by one process at a time, and a first start
 * that was cut short is begun anew.
 * @throws {AirlockError} `conflict` when another process uses the directory.
 */
export async function openPgliteBackend(options: PgliteBackendOptions): Promise<Backend> {
  await using stack = new AsyncDisposableStack();
  const { directory, transactionIdleMs, notices } = options;
  let { lock } = options;
  if (directory !== undefined) lock ??= stack.use(await lockPgliteDirectory(directory));
  const thread = await PgliteThread.open(options);
  stack.defer(async () => {
    // Whoever still writes there must be alone until this process ends.
    if (!await thread.close()) lock?.keep();
  });
  const parts = {
    thread,
    turns: new Turns(),
    transactionIdleMs,
    notices,
    listening: new Set<string>(),
  };
  const owned = stack.move();
  return {
    kind: "pglite",
    lost: thread.lost,
    connect: () => Promise.resolve(new PgliteConnection(parts)),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}
