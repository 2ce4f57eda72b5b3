/** Waits so long, or until the signal aborts. Leaves nothing behind. */
export function pauseUnless(delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const timer = setTimeout(done, delayMs);
  signal.addEventListener("abort", done, { once: true });
  if (signal.aborted) done();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
  });
}
