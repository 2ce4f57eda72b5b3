/** Bounds on reading one response body. */
export interface ReadBoundedOptions {
  readonly maxBytes: number;
  /** The longest silence between two chunks. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
  readonly tooLarge: () => Error;
  readonly tooSlow: () => Error;
}

/**
 * Reads a body whole. The response is cancelled on every failure.
 * @throws What `tooLarge` or `tooSlow` returns, the signal's reason, or the network's own error.
 */
export async function readBounded(
  response: Response,
  options: ReadBoundedOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (reason: unknown) => {
    // Cancelling an already failed stream rejects; the failure itself comes out of read().
    reader.cancel(reason).catch(() => {});
  };
  let failure: Error | undefined;
  const onAbort = () => stop(options.signal.reason);
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    while (true) {
      options.signal.throwIfAborted();
      timer = setTimeout(() => {
        failure = options.tooSlow();
        stop(failure);
      }, options.idleTimeoutMs);
      const { done, value } = await reader.read();
      clearTimeout(timer);
      options.signal.throwIfAborted();
      if (failure !== undefined) throw failure;
      if (done) return joined(chunks, total);
      total += value.byteLength;
      options.onBytes(value.byteLength);
      if (total > options.maxBytes) {
        failure = options.tooLarge();
        stop(failure);
        throw failure;
      }
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", onAbort);
  }
}

function joined(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  total: number,
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
