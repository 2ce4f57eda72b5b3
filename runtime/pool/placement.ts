import type { Slot } from "./slot.ts";

/** What decides which sandbox of its own key a call goes to. */
export interface SharingRules {
  /** Calls that may overlap in one sandbox. */
  readonly concurrency: number;
  /** Calls a sandbox takes before another is preferred. */
  readonly overlapBeforeSpread: number;
  /** Whether another sandbox of the key could be had now. */
  readonly maySpread: boolean;
}

/**
 * The sandbox among those of the call's own key that it should go to; `null` when it should have
 * another one, or wait.
 *
 * A sandbox without calls comes first, the most recently used one, so that the others grow cold and
 * make room. Then the least busy one that still has room: overlapping waits cost nothing, and another
 * process costs its start. From `overlapBeforeSpread` on another process is better: it may have a
 * core of its own.
 */
export function chooseShared(slots: Iterable<Slot>, rules: SharingRules): Slot | null {
  let chosen: Slot | null = null;
  for (const slot of slots) {
    if (slot.running > 0 && slot.running >= Math.min(rules.concurrency, slot.concurrency)) continue;
    if (chosen === null || slot.running < chosen.running) chosen = slot;
    else if (slot.running === 0 && slot.idleSinceMs > chosen.idleSinceMs) chosen = slot;
  }
  if (chosen !== null && rules.maySpread && chosen.running >= rules.overlapBeforeSpread) {
    return null;
  }
  return chosen;
}

/**
 * The idle sandbox that is missed least: one whose key has most of them, and of those the least
 * recently used. `idle` is in that order of use.
 */
export function chooseVictim(
  idle: Iterable<Slot>,
  sameKeyCount: (slot: Slot) => number,
): Slot | null {
  let victim: Slot | null = null;
  let most = 0;
  for (const slot of idle) {
    const count = sameKeyCount(slot);
    if (count > most) {
      victim = slot;
      most = count;
    }
  }
  return victim;
}
