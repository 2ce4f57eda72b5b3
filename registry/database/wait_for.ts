/** Waits so long, or until one of the others comes first. */
export function waitFor(
  delayMs: number,
  { signal, or }: { readonly signal: AbortSignal; readonly or?: Promise<void> },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const timer = setTimeout(done, delayMs);
  signal.addEventListener("abort", done, { once: true });
  if (signal.aborted) done();
  or?.then(done);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
  });
}
