/**
 * Runs `task` on every item, at most `concurrency` at a time. The first failure aborts the signal
 * that the others were given; this settles only when all of them have ended, so nothing is left
 * running.
 */
export async function runBounded<T>(
  items: readonly T[],
  options: {
    readonly concurrency: number;
    readonly signal: AbortSignal;
    readonly task: (item: T, signal: AbortSignal) => Promise<void>;
  },
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  let next = 0;
  const worker = async () => {
    while (next < items.length && !signal.aborted) {
      const item = items[next++]!;
      try {
        await options.task(item, signal);
      } catch (error) {
        // Only the first failure is the cause; the rest are its echoes.
        if (!failure.signal.aborted) failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, items.length) }, worker));
  if (failure.signal.aborted) throw failure.signal.reason;
  options.signal.throwIfAborted();
}
