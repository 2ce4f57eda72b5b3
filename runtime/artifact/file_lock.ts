/** A lock on a file, held by the operating system for this process: a kill gives it back. */
export interface FileLock extends Disposable {
  readonly path: string;
  /** Whether `place` names the file that is locked, which may have been moved. */
  isCurrent(place: string): boolean;
}

/**
 * Locks the file at `path` without waiting. `undefined` where it is absent, where another holder
 * is in the way, or where it was replaced or removed in the meantime.
 *
 * The advisory lock (flock) belongs to the open file, so two holders in one process count as two,
 * and shared holders of several processes keep an exclusive one out.
 */
export function tryFileLock(path: string, mode: "shared" | "exclusive"): FileLock | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  if (!file.tryLockSync(mode === "exclusive") || !isStillAt(file, path)) {
    file.close();
    return undefined;
  }
  return {
    path,
    isCurrent: (place) => isStillAt(file, place),
    [Symbol.dispose]: () => file.close(),
  };
}

/** A lock on a file that has since been moved away protects nothing. */
function isStillAt(file: Deno.FsFile, path: string): boolean {
  try {
    const [held, named] = [file.statSync(), Deno.lstatSync(path)];
    return held.ino === named.ino && held.dev === named.dev;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
