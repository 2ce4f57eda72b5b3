import type { Clock } from "./clock.ts";
import type { Slot } from "./slot.ts";
import type { SpawnBackoff } from "./spawn_backoff.ts";

/** What the shelf works with. */
export interface BlankShelfOptions {
  /** Only needs of this class can use the blanks. */
  readonly sandboxClass: string;
  /** Blanks to keep now; may change at any time. */
  readonly target: () => number;
  /** Never fewer than this: more are looked at again and again, and ended when they are too many. */
  readonly floor: number;
  readonly refillDelayMs: number;
  readonly clock: Clock;
  readonly backoff: SpawnBackoff;
  /** Whether `spawn` would find room now. */
  readonly hasRoom: () => boolean;
  /** Starts a blank where there is room for one, else `null`. */
  readonly spawn: () => Slot | null;
  /** Ends a blank that is one too many; it is forgotten through {@linkcode BlankShelf.remove}. */
  readonly dismiss: (slot: Slot) => void;
}

/** How often a shelf that holds more than its floor is looked at. */
const TRIM_EVERY_MS = 5_000;

/** Blank sandboxes, started off the path of calls and given away once. */
export class BlankShelf {
  readonly #options: BlankShelfOptions;
  readonly #blanks = new Set<Slot>();
  #cancel: (() => void) | null = null;
  #cancelTrim: (() => void) | null = null;
  #closed = false;

  constructor(options: BlankShelfOptions) {
    this.#options = options;
  }

  get sandboxClass(): string {
    return this.#options.sandboxClass;
  }

  get size(): number {
    return this.#blanks.size;
  }

  /** A blank of the class, started ones first. It belongs to the caller from now on. */
  take(sandboxClass: string): Slot | null {
    if (sandboxClass !== this.#options.sandboxClass) return null;
    return this.#takeAny();
  }

  /** Any blank, to be ended for its place by a need of another class. */
  sacrifice(): Slot | null {
    return this.#takeAny();
  }

  /** Forgets a blank that ended by itself; returns whether it was one. */
  remove(slot: Slot): boolean {
    return this.#blanks.delete(slot);
  }

  /** Brings the shelf back to its target, a little later. */
  refillSoon(): void {
    const { target, refillDelayMs, backoff, clock, sandboxClass } = this.#options;
    if (this.#closed || this.#cancel !== null || this.#blanks.size >= target()) return;
    // Whoever makes room asks again.
    if (!this.#options.hasRoom()) return;
    const delayMs = Math.max(refillDelayMs, backoff.waitMs(sandboxClass));
    this.#cancel = clock.after(delayMs, () => {
      this.#cancel = null;
      this.#refill();
    });
  }

  /**
   * Brings the shelf to its target now, as far as there is room.
   * @throws {AirlockError} `sandbox_crashed` when a blank cannot be started.
   */
  async warm(): Promise<void> {
    this.#refill();
    await Promise.all([...this.#blanks].map((slot) => slot.started));
  }

  /** Stops refilling for good and hands over what is left. */
  close(): readonly Slot[] {
    this.#closed = true;
    this.#cancel?.();
    this.#cancel = null;
    this.#cancelTrim?.();
    this.#cancelTrim = null;
    const left = [...this.#blanks];
    this.#blanks.clear();
    return left;
  }

  #refill(): void {
    if (this.#closed) return;
    while (this.#blanks.size < this.#options.target()) {
      const slot = this.#options.spawn();
      if (slot === null) break;
      this.#blanks.add(slot);
    }
    this.#trimLater();
  }

  #trimLater(): void {
    if (this.#closed || this.#blanks.size <= this.#options.floor) return;
    this.#cancelTrim ??= this.#options.clock.after(TRIM_EVERY_MS, () => {
      this.#cancelTrim = null;
      const surplus = this.#blanks.size - this.#options.target();
      for (const slot of [...this.#blanks].slice(0, Math.max(0, surplus))) {
        this.#options.dismiss(slot);
      }
      this.#trimLater();
    });
  }

  /** What is on the shelf now. */
  get all(): ReadonlySet<Slot> {
    return this.#blanks;
  }

  #takeAny(): Slot | null {
    let chosen: Slot | null = null;
    for (const slot of this.#blanks) {
      chosen ??= slot;
      if (slot.sandbox === null) continue;
      chosen = slot;
      break;
    }
    if (chosen !== null) this.#blanks.delete(chosen);
    return chosen;
  }
}
