import type { JsonValue } from "../../spec/json.ts";
import type { RuntimeKind } from "../../spec/sandbox.ts";

/** How much is kept, and for how long. */
export interface ResultCacheOptions {
  /** Memory of all kept results together; 0 keeps nothing. */
  readonly maxBytes: number;
  readonly ttlMs: number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** A kept result. */
export interface CachedResult {
  readonly output: JsonValue;
  /** Where it was made. */
  readonly runtime: RuntimeKind;
}

interface Entry {
  /** Encoded, so that nobody who was given a result can change that of the next. */
  readonly text: string;
  readonly runtime: RuntimeKind;
  readonly bytes: number;
  readonly untilMs: number;
}

/** What one entry takes beside its text. */
const ENTRY_BYTES = 300;
/** No result may take more than this part of the whole. */
const LARGEST_SHARE = 1 / 8;

/** Results by key, the least recently used leaving first. Without timers: ended ones are found so. */
export class ResultCache {
  readonly #options: ResultCacheOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Promise<void>>();
  #bytes = 0;

  constructor(options: ResultCacheOptions) {
    this.#options = options;
  }

  /** Whether anything is ever kept. */
  get isOn(): boolean {
    return this.#options.maxBytes > 0;
  }

  get stats(): { readonly entries: number; readonly bytes: number; readonly maxBytes: number } {
    return {
      entries: this.#entries.size,
      bytes: this.#bytes,
      maxBytes: this.#options.maxBytes,
    };
  }

  get(key: string): CachedResult | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#remove(key, entry);
    if (this.#options.nowMs() >= entry.untilMs) return undefined;
    this.#add(key, entry);
    return { output: JSON.parse(entry.text), runtime: entry.runtime };
  }

  set(key: string, { output, runtime }: CachedResult): void {
    const { maxBytes, ttlMs, nowMs } = this.#options;
    const text = JSON.stringify(output);
    // A character takes one byte or two: what it takes at most is counted.
    const bytes = 2 * (text.length + key.length) + ENTRY_BYTES;
    if (bytes > maxBytes * LARGEST_SHARE) return;
    const old = this.#entries.get(key);
    if (old !== undefined) this.#remove(key, old);
    this.#add(key, { text, runtime, bytes, untilMs: nowMs() + ttlMs });
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= maxBytes) break;
      this.#remove(oldest, entry);
    }
  }

  /** The end of the work on `key` that is under way; never rejects. */
  flight(key: string): Promise<void> | undefined {
    return this.#flights.get(key);
  }

  /** Announces work on `key`, which nobody else may be at; disposing ends it. */
  begin(key: string): Disposable {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#flights.set(key, promise);
    return {
      [Symbol.dispose]: () => {
        this.#flights.delete(key);
        resolve();
      },
    };
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
