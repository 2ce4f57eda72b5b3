import { VirtualTimers } from "./web/virtual_timers.ts";

const { now: hostNow, wake } = airlockBridge;
let originMs = hostNow();
let stoppedMs: number | null = null;

/** Milliseconds since the instance began its call. */
export function instanceNow(): number {
  return (stoppedMs ?? hostNow()) - originMs;
}

/** All timers of the instance. */
export const timers = new VirtualTimers({ now: instanceNow, wake });

/** To be called before a snapshot: time stands still until {@linkcode restartClock}. */
export function stopClock(): void {
  stoppedMs = hostNow();
}

/** Begins at zero; what was waiting goes on waiting for as long as it still had to. */
export function restartClock(): void {
  const elapsedMs = instanceNow();
  stoppedMs = null;
  originMs = hostNow();
  timers.shift(-elapsedMs);
}
