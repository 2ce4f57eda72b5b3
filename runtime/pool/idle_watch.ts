import type { Sandbox } from "../../spec/sandbox.ts";
import type { Clock } from "./clock.ts";
import type { PoolPolicy } from "./pool_policy.ts";
import type { RetireReason } from "./pool_request.ts";
import { judgeUsage, wornOut } from "./retirement.ts";
import type { Slot } from "./slot.ts";

/** How long a look at a sandbox's usage may take before the sandbox is given up. */
const LOOK_PATIENCE_MS = 5_000;

/** What the watch works on. */
export interface IdleWatchOptions {
  readonly clock: Clock;
  readonly policy: PoolPolicy;
  /** Sandboxes without calls, now. */
  readonly idle: () => Iterable<Slot>;
  readonly retire: (slot: Slot, reason: RetireReason) => void;
  /** Told what a sandbox was seen to use. */
  readonly onUsage: (slot: Slot, rssBytes: number) => void;
  /** Called after each round. */
  readonly onRound: () => void;
}

/**
 * Looks at idle sandboxes: one that burns CPU, grows, or has been idle or alive too long is retired.
 * One timer for all, running only while there are any.
 */
export class IdleWatch {
  readonly #options: IdleWatchOptions;
  #cancel: (() => void) | null = null;

  constructor(options: IdleWatchOptions) {
    this.#options = options;
  }

  /** There may be idle sandboxes now. */
  wake(): void {
    this.#cancel ??= this.#options.clock.after(this.#options.policy.watchEveryMs, this.#round);
  }

  /** Stops the timer; looks under way end without consequence. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Asks once what a sandbox uses that has just begun; says nothing of its later growth. */
  weigh(slot: Slot, sandbox: Sandbox): void {
    sandbox.usage().then(
      ({ rssBytes }) => this.#options.onUsage(slot, rssBytes),
      () => {}, // It has ended already: whoever waits for that is told.
    );
  }

  /** Looks now, off the path of any call, unless a look was made shortly before. */
  lookSoon(slot: Slot): void {
    const track = slot.usage;
    if (track.baselineRssBytes !== null) {
      const sinceMs = this.#options.clock.nowMs() - track.seenMs;
      if (sinceMs < this.#options.policy.watchEveryMs) return;
    }
    this.#look(slot);
  }

  #round = (): void => {
    this.#cancel = null;
    const { clock, policy, retire } = this.#options;
    const nowMs = clock.nowMs();
    // A copy: retiring takes slots out of what is being walked.
    for (const slot of [...this.#options.idle()]) {
      const worn = wornOut(slot, { policy, nowMs });
      if (worn !== null) retire(slot, worn);
      else if (nowMs - slot.idleSinceMs >= policy.idleMs) retire(slot, "idle");
      else this.#look(slot);
    }
    for (const _slot of this.#options.idle()) {
      this.wake();
      break;
    }
    this.#options.onRound();
  };

  #look(slot: Slot): void {
    const { clock, policy, retire } = this.#options;
    const track = slot.usage;
    if (slot.sandbox === null) return;
    if (track.askedMs !== null) {
      if (clock.nowMs() - track.askedMs > LOOK_PATIENCE_MS) retire(slot, "unresponsive");
      return;
    }
    track.askedMs = clock.nowMs();
    const usesBefore = slot.uses;
    const idleBefore = slot.running === 0;
    slot.sandbox.usage().then((usage) => {
      const nowMs = clock.nowMs();
      track.askedMs = null;
      track.seenMs = nowMs;
      if (slot.retirement !== null) return;
      this.#options.onUsage(slot, usage.rssBytes);
      // The budget may have ended it for that.
      if (slot.retirement !== null) return;
      const wasIdle = idleBefore && slot.running === 0 && slot.uses === usesBefore;
      const reason = judgeUsage(slot, { usage, nowMs, wasIdle, policy });
      if (reason !== null) retire(slot, reason);
    }, () => {
      // A sandbox that cannot be measured cannot be trusted to be idle; it may also just have ended.
      track.askedMs = null;
      if (slot.retirement === null) retire(slot, "unresponsive");
    });
  }
}
