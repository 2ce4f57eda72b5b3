import { ArrivalRate } from "./arrival_rate.ts";
import { DecayingPeak } from "./decaying_peak.ts";

/** Bounds on what a {@linkcode Demand} asks for. */
export interface DemandOptions {
  /** Blanks that are always kept. */
  readonly blankFloor: number;
  /** Blanks that are kept at most. */
  readonly blankCeiling: number;
  /** Pause before a taken blank is replaced. */
  readonly refillDelayMs: number;
}

/** The rule's numbers at one moment, as `GET /pool` shows them. */
export interface DemandNumbers {
  readonly blankTarget: number;
  /** Most sandboxes taken within the time that replacing one takes; fades. */
  readonly takenAtOnce: number;
  readonly takenPerSecond: number;
  readonly arrivalsPerSecond: number;
  readonly spawnMs: number;
  readonly knownKeys: number;
}

/** A burst is half forgotten after this time. */
const PEAK_HALF_LIFE_MS = 60_000;
const RATE_MEMORY_MS = 60_000;
const KEY_MEMORY_MS = 300_000;
/** Keys remembered; the one that was not called for longest is forgotten first. */
const MAX_KEYS = 2_000;
/** What starting takes before one was seen. */
const FIRST_SPAWN_MS = 50;
/** What loading takes, on top of a spawn, before one was seen. */
const FIRST_LOAD_MS = 20;
const NEWEST = 0.2;

interface KeyDemand {
  readonly rate: ArrivalRate;
  /** From nothing to a loaded sandbox. */
  coldMs: number | null;
}

/** What calls of one pool asked for lately, and what is worth keeping ready for the next ones. */
export class Demand {
  readonly #options: DemandOptions;
  readonly #peak = new DecayingPeak(PEAK_HALF_LIFE_MS);
  readonly #taken = new ArrivalRate(RATE_MEMORY_MS);
  readonly #arrivals = new ArrivalRate(RATE_MEMORY_MS);
  readonly #keys = new Map<string, KeyDemand>();
  #spawnMs = FIRST_SPAWN_MS;

  constructor(options: DemandOptions) {
    this.#options = options;
  }

  /** A call came; `key` is `null` where no kept sandbox would have done. */
  arrived(key: string | null, nowMs: number): void {
    this.#arrivals.add(nowMs);
    if (key === null) return;
    const known = this.#keys.get(key) ?? { rate: new ArrivalRate(KEY_MEMORY_MS), coldMs: null };
    this.#keys.delete(key);
    this.#keys.set(key, known);
    known.rate.add(nowMs);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > MAX_KEYS && oldest !== undefined) this.#keys.delete(oldest);
  }

  /** A call needed a sandbox that a blank would have done for. */
  taken(nowMs: number): void {
    this.#peak.add(nowMs, this.#spawnMs + this.#options.refillDelayMs);
    this.#taken.add(nowMs);
  }

  /** Starting a sandbox took this long. */
  spawned(durationMs: number): void {
    this.#spawnMs += NEWEST * (durationMs - this.#spawnMs);
  }

  /** A call of the key had to wait this long for a loaded sandbox. */
  startedCold(key: string, durationMs: number): void {
    const known = this.#keys.get(key);
    if (known !== undefined) known.coldMs = durationMs;
  }

  /**
   * Blanks to keep: as many as were lately taken within the time that replacing one takes, within
   * the bounds.
   */
  blankTarget(nowMs: number): number {
    const { blankFloor, blankCeiling } = this.#options;
    return Math.min(blankCeiling, Math.max(blankFloor, Math.round(this.#peak.at(nowMs))));
  }

  /** Milliseconds of waiting, per second, that a kept sandbox of the key is expected to save. */
  worthOfKey(key: string, nowMs: number): number {
    const known = this.#keys.get(key);
    if (known === undefined) return 0;
    return known.rate.perSecond(nowMs) * (known.coldMs ?? this.#spawnMs + FIRST_LOAD_MS);
  }

  /** The same of one blank among those that are kept. */
  worthOfBlank(nowMs: number): number {
    const count = Math.max(1, this.blankTarget(nowMs));
    return this.#taken.perSecond(nowMs) * this.#spawnMs / count;
  }

  numbers(nowMs: number): DemandNumbers {
    return {
      blankTarget: this.blankTarget(nowMs),
      takenAtOnce: rounded(this.#peak.at(nowMs)),
      takenPerSecond: rounded(this.#taken.perSecond(nowMs)),
      arrivalsPerSecond: rounded(this.#arrivals.perSecond(nowMs)),
      spawnMs: rounded(this.#spawnMs),
      knownKeys: this.#keys.size,
    };
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
