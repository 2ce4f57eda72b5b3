/** Options of {@linkcode KeyUses}. */
export interface KeyUsesOptions {
  /** Writes when keys were last used. */
  readonly write: (uses: ReadonlyMap<string, Date>) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  readonly flushMs?: number;
}

/** How long a use may go unwritten. */
const FLUSH_MS = 5_000;

/** Keys whose use is remembered until it is written; what is beyond is not noted. */
const MAX_PENDING = 20_000;

/**
 * Notes when keys were used, off the path of requests: the last use of each, written together. Disposing
 * writes what is left.
 */
export class KeyUses implements AsyncDisposable {
  readonly #options: KeyUsesOptions;
  #pending = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: KeyUsesOptions) {
    this.#options = options;
  }

  /** Costs a map entry; never throws. */
  note(id: string): void {
    if (this.#pending.size >= MAX_PENDING && !this.#pending.has(id)) return;
    this.#pending.set(id, Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#flush();
    }, this.#options.flushMs ?? FLUSH_MS);
  }

  async #flush(): Promise<void> {
    const uses = new Map([...this.#pending].map(([id, atMs]) => [id, new Date(atMs)]));
    this.#pending = new Map();
    if (uses.size === 0) return;
    try {
      await this.#options.write(uses);
    } catch (error) {
      // When a key was last used is a hint for people: lost, it is told again with the next use.
      this.#options.onFailure(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#flush();
  }
}
