/** What {@linkcode withinTime} rejects with. */
export class TookTooLong extends Error {
  override readonly name = "TookTooLong";

  constructor(readonly timeoutMs: number) {
    super(`wait: not there after ${timeoutMs} ms`);
  }
}

/**
 * The same promise, but no longer than `timeoutMs`. What it waits for goes on: its late failure is
 * nobody's.
 * @throws {TookTooLong} by rejecting.
 */
export async function withinTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TookTooLong(timeoutMs)), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
