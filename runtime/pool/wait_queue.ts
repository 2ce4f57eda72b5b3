/** Something that waits: `key` is `null` where no kept sandbox will do. */
export interface Waiting {
  readonly tenant: string;
  readonly key: string | null;
}

/**
 * A bounded queue: first in, first out within a tenant, tenants in turn. When it is full, the tenant
 * with the longest line gives way, so that a flood turns away itself and nobody else.
 */
export class WaitQueue<W extends Waiting> {
  readonly #limit: number;
  /** In order of turns: the first tenant is served next. */
  readonly #lines = new Map<string, Set<W>>();
  readonly #byKey = new Map<string, Set<W>>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds `waiter`. Returns who must be turned away for it: perhaps itself, `null` when all fit. */
  add(waiter: W): W | null {
    let turnedAway: W | null = null;
    if (this.#size >= this.#limit) {
      turnedAway = this.#newestOfLongest(waiter.tenant);
      if (turnedAway === null) return waiter;
      this.remove(turnedAway);
    }
    addTo(this.#lines, waiter.tenant, waiter);
    if (waiter.key !== null) addTo(this.#byKey, waiter.key, waiter);
    this.#size += 1;
    return turnedAway;
  }

  /** Returns whether it was waiting. */
  remove(waiter: W): boolean {
    if (!removeFrom(this.#lines, waiter.tenant, waiter)) return false;
    if (waiter.key !== null) removeFrom(this.#byKey, waiter.key, waiter);
    this.#size -= 1;
    return true;
  }

  /** Takes out one that was served; its tenant goes to the end of the turn. */
  served(waiter: W): void {
    if (!this.remove(waiter)) return;
    const line = this.#lines.get(waiter.tenant);
    if (line === undefined) return;
    this.#lines.delete(waiter.tenant);
    this.#lines.set(waiter.tenant, line);
  }

  /** The one that has waited longest for `key`. */
  firstOfKey(key: string): W | null {
    const [first] = this.#byKey.get(key) ?? [];
    return first ?? null;
  }

  /**
   * Offers waiters to `serve`, in order, until one is served (not `null`): that one leaves as by
   * {@linkcode served}.
   */
  serveNext<S>(serve: (waiter: W) => S | null): { readonly waiter: W; readonly served: S } | null {
    for (const line of this.#lines.values()) {
      for (const waiter of line) {
        const served = serve(waiter);
        if (served === null) continue;
        this.served(waiter);
        return { waiter, served };
      }
    }
    return null;
  }

  /** Empties the queue. */
  takeAll(): readonly W[] {
    const all = [...this.#lines.values()].flatMap((line) => [...line]);
    this.#lines.clear();
    this.#byKey.clear();
    this.#size = 0;
    return all;
  }

  /** `null` when nobody waits in a longer line than `tenant` would with one more. */
  #newestOfLongest(tenant: string): W | null {
    let longest: Set<W> = new Set();
    for (const line of this.#lines.values()) if (line.size > longest.size) longest = line;
    if (longest.size <= (this.#lines.get(tenant)?.size ?? 0) + 1) return null;
    return [...longest].at(-1) ?? null;
  }
}

function addTo<W>(index: Map<string, Set<W>>, name: string, waiter: W): void {
  const line = index.get(name);
  if (line === undefined) index.set(name, new Set([waiter]));
  else line.add(waiter);
}

function removeFrom<W>(index: Map<string, Set<W>>, name: string, waiter: W): boolean {
  const line = index.get(name);
  if (line === undefined || !line.delete(waiter)) return false;
  if (line.size === 0) index.delete(name);
  return true;
}
