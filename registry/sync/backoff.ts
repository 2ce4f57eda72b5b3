/** How pauses between attempts grow. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly longestMs: number;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

/**
 * The pause after the failed attempt of that number, from 0: doubled each time, of which a random
 * half is left out, so that those who failed together do not come back together.
 */
export function backoffMs(attempt: number, { firstMs, longestMs, random }: BackoffPolicy): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(wholeMs * (0.5 + random() / 2));
}
