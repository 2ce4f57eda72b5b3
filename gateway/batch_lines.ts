/** Lines that are written together. Disposing writes what is left. */
export interface LineBatch extends Disposable {
  add(line: string): void;
  /** Writes what waits now. */
  flush(): void;
}

/** How long a line may wait for others. */
const DELAY_MS = 50;

/** Text from which on nothing waits. */
const FULL_CHARACTERS = 32 * 1024;

/**
 * Collects lines for `write`, which costs more than making one: under load there is one per request.
 * A line waits 50 ms at most, and no more than about 32 Ki characters wait at once.
 */
export function batchLines(write: (lines: string) => void): LineBatch {
  let waiting = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting;
    waiting = "";
    if (lines !== "") write(lines);
  }
  return {
    add(line) {
      waiting += line;
      if (waiting.length >= FULL_CHARACTERS) flush();
      else timer ??= setTimeout(flush, DELAY_MS);
    },
    flush,
    [Symbol.dispose]: flush,
  };
}
