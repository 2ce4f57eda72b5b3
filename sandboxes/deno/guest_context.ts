/** Knows which call the code that is running belongs to. */
export interface CallContext {
  /** Runs `work` so that all it starts belongs to `call`. */
  run(call: number, work: () => void): void;
  /** `null` where that cannot be told; the gateway then asks whether only one call is running. */
  current(): number | null;
}

/** For calls that never overlap: there is nothing to tell apart. */
export const SINGLE_CALL: CallContext = {
  run: (_call, work) => work(),
  current: () => null,
};

/** For calls that overlap. Loaded when needed, since it costs every process 5 MB. */
export async function overlappingCalls(): Promise<CallContext> {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  const storage = new AsyncLocalStorage<number>();
  return {
    run: (call, work) => storage.run(call, work),
    current: () => storage.getStore() ?? null,
  };
}
