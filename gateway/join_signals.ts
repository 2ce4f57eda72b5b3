/** A signal that listens to others until it is disposed of. */
export interface JoinedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts as soon as one of `sources` does, with its reason. Unlike `AbortSignal.any` it
 * keeps no weak references, which would live on until the next full collection: 4 KB a call.
 */
export function joinSignals(...sources: readonly AbortSignal[]): JoinedSignal {
  const joined = new AbortController();
  const aborts = sources.map((source) => () => joined.abort(source.reason));
  for (const [index, source] of sources.entries()) {
    if (source.aborted) joined.abort(source.reason);
    else source.addEventListener("abort", aborts[index]!, { once: true });
  }
  return {
    signal: joined.signal,
    [Symbol.dispose]() {
      for (const [index, source] of sources.entries()) {
        source.removeEventListener("abort", aborts[index]!);
      }
    },
  };
}
