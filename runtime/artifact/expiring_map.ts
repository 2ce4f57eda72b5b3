/** How long and how much is remembered. */
export interface ExpiringMapOptions {
  readonly maxEntries: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A bounded map whose entries end by themselves. Without a timer: they are found to have ended. */
export class ExpiringMap<T> {
  readonly #options: ExpiringMapOptions;
  readonly #entries = new Map<string, { readonly value: T; readonly untilMs: number }>();

  constructor(options: ExpiringMapOptions) {
    this.#options = options;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#options.now() < entry.untilMs) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** The oldest entries make room. A time to live of 0 remembers nothing. */
  set(key: string, { value, ttlMs }: { readonly value: T; readonly ttlMs: number }): void {
    // Deleting first moves the key to the end: the map is in order of age.
    this.#entries.delete(key);
    if (ttlMs <= 0) return;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#options.maxEntries) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, untilMs: this.#options.now() + ttlMs });
  }
}
