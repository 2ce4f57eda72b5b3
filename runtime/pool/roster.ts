import type { RetireReason } from "./pool_request.ts";
import type { Slot } from "./slot.ts";

/** Every slot of a pool, indexed the ways the pool asks for them. Decides nothing. */
export class Roster {
  /** Those that hold a place. */
  readonly #slots = new Set<Slot>();
  readonly #byKey = new Map<string, Set<Slot>>();
  /** Loaded, usable, no call in them; least recently used first. */
  readonly #idle = new Set<Slot>();
  /** Withdrawn, still holding a place, no call in them. */
  readonly #ending = new Set<Slot>();
  readonly #busyByTenant = new Map<string, number>();

  get size(): number {
    return this.#slots.size;
  }
  get all(): ReadonlySet<Slot> {
    return this.#slots;
  }
  get idle(): ReadonlySet<Slot> {
    return this.#idle;
  }
  get ending(): ReadonlySet<Slot> {
    return this.#ending;
  }

  /** Usable slots of a key, loading ones included. */
  ofKey(key: string): ReadonlySet<Slot> {
    return this.#byKey.get(key) ?? NONE;
  }

  /** Slots of a tenant with at least one call in them. */
  busyOf(tenant: string): number {
    return this.#busyByTenant.get(tenant) ?? 0;
  }

  add(slot: Slot): void {
    this.#slots.add(slot);
  }

  /** Gives a blank or new slot to a tenant, for good; `key` is `null` where it is used once. */
  assign(slot: Slot, owner: { tenant: string; key: string | null }): void {
    slot.tenant = owner.tenant;
    slot.key = owner.key;
    if (owner.key === null) return;
    const same = this.#byKey.get(owner.key);
    if (same === undefined) this.#byKey.set(owner.key, new Set([slot]));
    else same.add(slot);
  }

  /** One more call in an assigned slot. */
  enter(slot: Slot, concurrency: number): void {
    slot.concurrency = slot.running === 0 ? concurrency : Math.min(slot.concurrency, concurrency);
    slot.running += 1;
    slot.uses += 1;
    if (slot.running > 1 || slot.tenant === null) return;
    this.#idle.delete(slot);
    this.#busyByTenant.set(slot.tenant, this.busyOf(slot.tenant) + 1);
  }

  /** One call less. */
  leave(slot: Slot): void {
    slot.running -= 1;
    if (slot.running > 0 || slot.tenant === null) return;
    const busy = this.busyOf(slot.tenant) - 1;
    if (busy > 0) this.#busyByTenant.set(slot.tenant, busy);
    else this.#busyByTenant.delete(slot.tenant);
  }

  /** A loaded, usable slot without calls may be found by the next one. */
  rest(slot: Slot, nowMs: number): void {
    slot.idleSinceMs = nowMs;
    slot.usage.idleCpu = null;
    this.#idle.add(slot);
  }

  /** Nothing new goes into the slot; calls in it go on. */
  withdraw(slot: Slot, reason: RetireReason): void {
    slot.retirement = reason;
    this.#idle.delete(slot);
    if (slot.key === null) return;
    const same = this.#byKey.get(slot.key);
    same?.delete(slot);
    if (same?.size === 0) this.#byKey.delete(slot.key);
  }

  /** A withdrawn slot without calls is on its way out. */
  depart(slot: Slot): void {
    if (this.#slots.has(slot)) this.#ending.add(slot);
  }

  /** Gives up the slot's place. */
  release(slot: Slot): void {
    this.#slots.delete(slot);
    this.#ending.delete(slot);
  }
}

const NONE: ReadonlySet<Slot> = new Set();
