/** Lets a bounded number in at a time, first come first served. */
export interface RequestGate {
  /** Resolves with the function that gives the place back; rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** @param places How many may be inside at once. */
export function createRequestGate(places: number): RequestGate {
  let free = places;
  const waiting = new Set<() => void>();

  function leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = waiting;
      if (next === undefined) free++;
      else next();
    };
  }

  function enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (free > 0) {
      free--;
      return Promise.resolve(leaveOnce());
    }
    return new Promise((resolve, reject) => {
      const admit = () => {
        waiting.delete(admit);
        signal.removeEventListener("abort", giveUp);
        resolve(leaveOnce());
      };
      const giveUp = () => {
        waiting.delete(admit);
        reject(signal.reason);
      };
      waiting.add(admit);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  return { enter };
}
