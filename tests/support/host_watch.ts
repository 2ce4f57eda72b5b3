/** How the gateway's own process fared while something ran. */
export interface HostHealth {
  /** Longest time for which the event loop did not turn. */
  readonly lagMs: number;
  /** Of what this thread's engine holds, buffers included: the process runs other test files too. */
  readonly heldGrowthBytes: number;
}

const BEAT_MS = 20;

/** Watches the event loop and memory of this process until it is stopped. */
export function watchHost(): { stop(): HostHealth } {
  const before = heldBytes();
  let peak = before;
  let lagMs = 0;
  let last = performance.now();
  const beat = () => {
    const now = performance.now();
    lagMs = Math.max(lagMs, now - last - BEAT_MS);
    last = now;
    peak = Math.max(peak, heldBytes());
  };
  const timer = setInterval(beat, BEAT_MS);
  return {
    stop() {
      clearInterval(timer);
      beat();
      return { lagMs, heldGrowthBytes: peak - before };
    },
  };
}

function heldBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
