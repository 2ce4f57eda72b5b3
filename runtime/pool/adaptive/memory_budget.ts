/** A sandbox that may be ended at any time without harm to a call. */
export interface Sheddable {
  readonly bytes: number;
  /** Milliseconds of waiting, per second, that keeping it is expected to save. */
  readonly worthMsPerSecond: number;
  /** Ends it; its memory is given back to the budget at once. */
  readonly shed: () => void;
}

/** One pool under a budget. */
export interface BudgetMember {
  /** Sandboxes without calls. */
  readonly sheddable: () => Iterable<Sheddable>;
}

/** The budget at one moment. */
export interface BudgetNumbers {
  readonly maxBytes: number;
  /** Of all sandboxes that are alive or starting. */
  readonly usedBytes: number;
  /** Sandboxes ended for want of memory. */
  readonly shed: number;
}

/**
 * Memory of all sandboxes of several pools together. Calls always get theirs; what is kept ready for
 * later ones gives way: first what saves the least waiting for its memory.
 */
export class MemoryBudget {
  readonly #maxBytes: number;
  readonly #members: BudgetMember[] = [];
  #usedBytes = 0;
  #shed = 0;
  #isEnforcing = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  join(member: BudgetMember): void {
    this.#members.push(member);
  }

  /** A sandbox began, ended (negative), or was found to use more or less. */
  change(bytes: number): void {
    this.#usedBytes += bytes;
  }

  /** Whether one more may be kept ready. */
  fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.#maxBytes;
  }

  /** Ends what is kept ready, until the rest fits. */
  enforce(): void {
    if (this.#usedBytes <= this.#maxBytes || this.#isEnforcing) return;
    // Ending one makes room, which pools report, which leads here again.
    this.#isEnforcing = true;
    try {
      const candidates = this.#members.flatMap((member) => [...member.sheddable()]);
      candidates.sort((a, b) => a.worthMsPerSecond / a.bytes - b.worthMsPerSecond / b.bytes);
      for (const { shed } of candidates) {
        if (this.#usedBytes <= this.#maxBytes) break;
        this.#shed += 1;
        shed();
      }
    } finally {
      this.#isEnforcing = false;
    }
  }

  numbers(): BudgetNumbers {
    return { maxBytes: this.#maxBytes, usedBytes: this.#usedBytes, shed: this.#shed };
  }
}
