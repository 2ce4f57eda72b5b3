import { AirlockError } from "../../spec/errors.ts";
import { withinTime } from "./within_time.ts";

/** Options of {@linkcode FreshCache}. */
export interface FreshCacheOptions<V> {
  /** What is read, for messages: `API key`. */
  readonly what: string;
  /** Reads one thing; `null` where there is none. */
  readonly read: (key: string) => Promise<V | null>;
  readonly bounds: FreshCacheBounds;
  /** Any monotonic clock. */
  readonly nowMs: () => number;
  /** Told of reads that failed, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/** How much a {@linkcode FreshCache} keeps, and for how long. */
export interface FreshCacheBounds {
  readonly maxEntries: number;
  /** Keys known to be nothing; apart, so that guesses push out nothing real. */
  readonly maxAbsent: number;
  /** An answer is never older while the database answers. */
  readonly freshMs: number;
  /** An answer is never older while it does not. */
  readonly staleMs: number;
  readonly readTimeoutMs: number;
  /**
   * Reads at once of what is kept, and as many of what is not; more fail at once. Apart, so that
   * guesses cannot keep what is known from being read again.
   */
  readonly maxReads: number;
  /** Pause after a read that failed. */
  readonly retryMs: number;
}

interface Entry<V> {
  readonly value: V;
  readonly readAtMs: number;
}

interface Flight<V> {
  readonly done: Promise<V | null>;
  readonly startedAtMs: number;
  dropped: boolean;
}

/** Part of `freshMs` after which something in use is read again while the answer still holds. */
const REFRESH_AT = 0.5;

/** Age of a read from which on nobody waits for it who has an answer for while the database is away. */
const PATIENCE_MS = 250;

/**
 * Answers from memory, and reads again in time that no answer is older than `freshMs`: what is in use
 * never waits. While the database is away or hangs, answers go on to `staleMs`, and only the first to
 * find that out waits. Starts no timer of its own beyond the deadline of a read.
 */
export class FreshCache<V> {
  readonly #options: FreshCacheOptions<V>;
  readonly #entries = new Map<string, Entry<V>>();
  readonly #absent = new Map<string, Entry<null>>();
  readonly #flights = new Map<string, Flight<V>>();
  readonly #running = { known: 0, unknown: 0 };
  #pausedUntilMs = -Infinity;
  /** Whether the last read failed. */
  #isDown = false;

  constructor(options: FreshCacheOptions<V>) {
    this.#options = options;
  }

  /** How many things are kept, those known to be nothing included. */
  get size(): number {
    return this.#entries.size + this.#absent.size;
  }

  /**
   * The thing of that key, `null` where there is none. Answers without a promise where it can.
   * @throws {AirlockError} `upstream_failed`, `rate_limited`; by rejecting.
   */
  find(key: string): V | null | Promise<V | null> {
    const { bounds, nowMs } = this.#options;
    const entry = this.#entries.get(key) ?? this.#absent.get(key);
    if (entry === undefined) return this.#readNow(key, undefined);
    const ageMs = nowMs() - entry.readAtMs;
    const isFresh = ageMs < bounds.freshMs;
    const isGood = isFresh || (ageMs < bounds.staleMs && (this.#isDown || this.#hangs(key)));
    if (!isGood) return this.#readNow(key, entry);
    if (ageMs >= bounds.freshMs * REFRESH_AT) this.#refresh(key);
    return entry.value;
  }

  /** Forgets a thing because it changed. What is being read about it now will not be kept. */
  drop(key: string): void {
    this.#entries.delete(key);
    this.#absent.delete(key);
    const flight = this.#flights.get(key);
    if (flight !== undefined) flight.dropped = true;
    this.#flights.delete(key);
  }

  async #readNow(key: string, entry: Entry<V | null> | undefined): Promise<V | null> {
    const { bounds, nowMs, onFailure } = this.#options;
    try {
      return await this.#read(key);
    } catch (error) {
      const isStillGood = entry !== undefined && nowMs() - entry.readAtMs < bounds.staleMs;
      if (isStillGood) return entry.value;
      if (error instanceof AirlockError) throw error;
      onFailure(error);
      throw this.#unavailable(error);
    }
  }

  /** An answer is there already: a failure is told of when it no longer holds. */
  #refresh(key: string): void {
    if (this.#flights.has(key) || this.#isPaused() || this.#isFull(this.#sort(key))) return;
    this.#read(key).catch((error) => {
      if (!(error instanceof AirlockError)) this.#options.onFailure(error);
    });
  }

  async #read(key: string): Promise<V | null> {
    const flight = this.#flights.get(key) ?? this.#begin(key);
    const value = await flight.done;
    return flight.dropped ? await this.#read(key) : value;
  }

  #begin(key: string): Flight<V> {
    if (this.#isPaused()) throw this.#unavailable();
    const sort = this.#sort(key);
    if (this.#isFull(sort)) throw this.#tooMany();
    const { read, bounds } = this.#options;
    this.#running[sort]++;
    const reading = read(key);
    const over = () => void this.#running[sort]--;
    reading.then(over, over);
    const flight: Flight<V> = {
      dropped: false,
      startedAtMs: this.#options.nowMs(),
      done: withinTime(reading, bounds.readTimeoutMs)
        .then((value) => this.#keep(key, { flight, value }))
        .catch((error) => this.#pause(error))
        .finally(() => {
          if (this.#flights.get(key) === flight) this.#flights.delete(key);
        }),
    };
    this.#flights.set(key, flight);
    return flight;
  }

  #keep(key: string, found: { readonly flight: Flight<V>; readonly value: V | null }): V | null {
    const { flight, value } = found;
    this.#isDown = false;
    if (flight.dropped) return value;
    const { bounds, nowMs } = this.#options;
    this.#entries.delete(key);
    this.#absent.delete(key);
    // Insertion order is order of use, as near as the pace of reading again.
    if (value === null) {
      put(this.#absent, { key, value, readAtMs: nowMs(), most: bounds.maxAbsent });
    } else put(this.#entries, { key, value, readAtMs: nowMs(), most: bounds.maxEntries });
    return value;
  }

  #pause(error: unknown): never {
    this.#isDown = true;
    this.#pausedUntilMs = this.#options.nowMs() + this.#options.bounds.retryMs;
    throw error;
  }

  /** Whether a read of it has gone on for so long that nobody else should wait for it. */
  #hangs(key: string): boolean {
    const flight = this.#flights.get(key);
    return flight !== undefined && this.#options.nowMs() - flight.startedAtMs >= PATIENCE_MS;
  }

  #isPaused(): boolean {
    return this.#options.nowMs() < this.#pausedUntilMs;
  }

  #sort(key: string): "known" | "unknown" {
    return this.#entries.has(key) ? "known" : "unknown";
  }

  #isFull(sort: "known" | "unknown"): boolean {
    return this.#running[sort] >= this.#options.bounds.maxReads;
  }

  #unavailable(cause?: unknown): AirlockError {
    const { what, bounds } = this.#options;
    return new AirlockError("upstream_failed", `look up ${what}: the database does not answer`, {
      stage: "request",
      suggestion: "Send the request again shortly.",
      retryAfterMs: bounds.retryMs,
      cause,
    });
  }

  #tooMany(): AirlockError {
    const { what, bounds } = this.#options;
    return new AirlockError("rate_limited", `look up ${what}: too many at once`, {
      stage: "request",
      suggestion: "Send the request again shortly.",
      retryAfterMs: bounds.retryMs,
    });
  }
}

function put<V>(
  map: Map<string, Entry<V>>,
  { key, value, readAtMs, most }: Entry<V> & { readonly key: string; readonly most: number },
): void {
  map.set(key, { value, readAtMs });
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
