import type { UpstreamLimits } from "./upstream_limits.ts";

/** What a {@linkcode Backoff} goes by. */
export interface BackoffOptions {
  readonly limits: Pick<UpstreamLimits, "backoffMs" | "maxBackoffMs">;
  readonly nowMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Things that failed and are remembered; the one that failed longest ago is forgotten first. */
const MAX_REMEMBERED = 1_000;

/** Leaves alone for a while what failed: longer each time in a row, and never for quite the same time. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #failed = new Map<string, { readonly times: number; readonly untilMs: number }>();

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** How long it should be left alone yet; 0 where it may be tried. */
  waitMs(key: string): number {
    const { untilMs = 0 } = this.#failed.get(key) ?? {};
    return Math.max(0, untilMs - this.#options.nowMs());
  }

  failed(key: string): void {
    const { limits: { backoffMs, maxBackoffMs }, nowMs, random } = this.#options;
    const times = (this.#failed.get(key)?.times ?? 0) + 1;
    const pauseMs = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(times - 1, 30));
    // Half of it is chance, so that nodes do not come back all at once.
    const untilMs = nowMs() + pauseMs * (0.5 + random() / 2);
    this.#failed.delete(key);
    this.#failed.set(key, { times, untilMs });
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > MAX_REMEMBERED && oldest !== undefined) this.#failed.delete(oldest);
  }

  succeeded(key: string): void {
    this.#failed.delete(key);
  }
}
