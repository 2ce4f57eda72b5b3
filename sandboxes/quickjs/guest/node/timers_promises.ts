// style-ok jsdoc: each export is the function of node:timers/promises that its name says.

/** What `node:timers/promises` takes beside the delay. */
interface WaitOptions {
  readonly signal?: AbortSignal;
}

export function setTimeout<Value>(
  delayMs?: number,
  value?: Value,
  { signal }: WaitOptions = {},
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = globalThis.setTimeout(() => resolve(value), delayMs);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

export function setImmediate<Value>(value?: Value): Promise<Value | undefined> {
  return setTimeout(0, value);
}

export async function* setInterval<Value>(
  delayMs?: number,
  value?: Value,
  options: WaitOptions = {},
): AsyncGenerator<Value | undefined> {
  for (;;) yield await setTimeout(delayMs, value, options);
}

export const scheduler = {
  wait: (delayMs: number, options?: WaitOptions): Promise<void> =>
    setTimeout(delayMs, undefined, options),
  yield: (): Promise<void> => setTimeout(0, undefined),
};

export default { scheduler, setImmediate, setInterval, setTimeout };
