import type { Slot } from "../slot.ts";
import type { Demand } from "./demand.ts";
import type { MemoryBudget, Sheddable } from "./memory_budget.ts";

/** What the memory of a pool's sandboxes is counted with. */
export interface SlotMemoryOptions {
  readonly budget: MemoryBudget;
  readonly demand: Demand;
  readonly nowMs: () => number;
  /** Sandboxes without calls that belong to a key. */
  readonly idle: () => Iterable<Slot>;
  readonly blanks: () => Iterable<Slot>;
  /** Ends a sandbox without calls. */
  readonly retire: (slot: Slot) => void;
}

/** What a sandbox is taken to use before one was seen. */
const FIRST_BYTES = 48 * 1024 * 1024;
const NEWEST = 0.2;

/** Keeps the budget told of one pool's sandboxes, and tells what may be ended for it. */
export class SlotMemory {
  readonly #options: SlotMemoryOptions;
  /** What sandboxes of this pool use, newest ones counting more. */
  #usualBytes = FIRST_BYTES;

  constructor(options: SlotMemoryOptions) {
    this.#options = options;
    options.budget.join({ sheddable: () => this.#sheddable() });
  }

  /** Whether there is memory to keep one more ready. */
  get fitsOneMore(): boolean {
    return this.#options.budget.fits(this.#usualBytes);
  }

  /** A sandbox is being started. */
  begin(slot: Slot): void {
    // Whole bytes: sums of fractions would not come out even when all have ended.
    slot.bytes = Math.round(this.#usualBytes);
    this.#options.budget.change(slot.bytes);
    this.#options.budget.enforce();
  }

  /** A sandbox was seen to use so much. */
  seen(slot: Slot, rssBytes: number): void {
    if (slot.bytes === 0) return;
    this.#usualBytes += NEWEST * (rssBytes - this.#usualBytes);
    this.#options.budget.change(rssBytes - slot.bytes);
    slot.bytes = rssBytes;
    this.#options.budget.enforce();
  }

  /** A sandbox is on its way out; may be told more than once. */
  end(slot: Slot): void {
    this.#options.budget.change(-slot.bytes);
    slot.bytes = 0;
  }

  *#sheddable(): Generator<Sheddable> {
    const { demand, nowMs, idle, blanks } = this.#options;
    const now = nowMs();
    for (const slot of blanks()) yield this.#candidate(slot, demand.worthOfBlank(now));
    for (const slot of idle()) {
      yield this.#candidate(slot, demand.worthOfKey(slot.key ?? "", now));
    }
  }

  #candidate(slot: Slot, worthMsPerSecond: number): Sheddable {
    const shed = () => {
      this.end(slot);
      this.#options.retire(slot);
    };
    return { bytes: slot.bytes, worthMsPerSecond, shed };
  }
}
