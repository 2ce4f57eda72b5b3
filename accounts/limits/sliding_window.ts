import type { RateLimit, RateTake } from "../../spec/rate_limit.ts";

/** Counts of the window that is under way and the one before it. */
export interface WindowCounts {
  /** When the window under way began: a multiple of its length. */
  readonly startedMs: number;
  readonly count: number;
  readonly previous: number;
}

/**
 * Counts once more where the limit allows it. The window slides: of the one before, the part counts
 * that still lies within reach, as if its events had been spread evenly. So never more than the limit
 * passes in one window, and in any stretch as long as one at most {@linkcode mostInAnyStretch}, which
 * takes events that came all at once at the end of a window. A clock that is set back stands still.
 * Source of the method: Cloudflare, "How we built rate limiting", 2017.
 */
export function takeFrom(
  known: WindowCounts | undefined,
  { limit, windowMs }: RateLimit,
  clock: { readonly nowMs: number },
): { readonly counts: WindowCounts; readonly take: RateTake } {
  const nowMs = Math.max(clock.nowMs, known?.startedMs ?? 0);
  const startedMs = Math.floor(nowMs / windowMs) * windowMs;
  const { count, previous } = shifted(known, { startedMs, windowMs });
  const passedMs = nowMs - startedMs;
  const used = previous * (1 - passedMs / windowMs) + count;
  const allowed = used + 1 <= limit;
  const after = allowed ? used + 1 : used;
  return {
    counts: { startedMs, count: allowed ? count + 1 : count, previous },
    take: {
      allowed,
      remaining: Math.max(0, Math.floor(limit - after)),
      resetMs: allowed
        ? windowMs - passedMs
        : untilNextMs({ count, previous, passedMs }, { limit, windowMs }),
    },
  };
}

/** Most that {@linkcode takeFrom} lets through in any stretch of time as long as the window. */
export function mostInAnyStretch({ limit }: Pick<RateLimit, "limit">): number {
  return Math.max(0, 2 * limit - 1);
}

function shifted(
  known: WindowCounts | undefined,
  { startedMs, windowMs }: { readonly startedMs: number; readonly windowMs: number },
): { readonly count: number; readonly previous: number } {
  if (known === undefined) return { count: 0, previous: 0 };
  if (known.startedMs === startedMs) return known;
  const isNext = known.startedMs === startedMs - windowMs;
  return { count: 0, previous: isNext ? known.count : 0 };
}

interface Refused {
  readonly count: number;
  readonly previous: number;
  readonly passedMs: number;
}

/** When enough of the window before has passed out of reach, or of this one after it has ended. */
function untilNextMs(
  { count, previous, passedMs }: Refused,
  { limit, windowMs }: RateLimit,
): number {
  if (limit < 1) return windowMs;
  const room = limit - 1 - count;
  // Within this window, by what is left of the one before.
  if (room >= 0) return Math.max(1, windowMs * (1 - room / previous) - passedMs);
  // Within the next, by what is then left of this one.
  return windowMs - passedMs + Math.max(1, windowMs * (1 - (limit - 1) / count));
}
