import type { StartKind } from "../../spec/execution.ts";
import type { SandboxRuntime } from "../../spec/sandbox.ts";
import type { MemoryBudget } from "./adaptive/memory_budget.ts";
import type { Clock } from "./clock.ts";
import { ExpiringLine } from "./expiring_line.ts";
import { Housing } from "./housing.ts";
import { chooseShared } from "./placement.ts";
import { poolExhausted, shuttingDown, startFailed } from "./pool_errors.ts";
import { createPoolKeys } from "./pool_key.ts";
import type { PoolPolicy } from "./pool_policy.ts";
import type { PoolRequest, RetireReason } from "./pool_request.ts";
import type { ProcessorLoad } from "./processor_load.ts";
import { wornOut } from "./retirement.ts";
import { RetryEstimate } from "./retry_estimate.ts";
import type { Slot } from "./slot.ts";
import { type Waiting, WaitQueue } from "./wait_queue.ts";

/** A place in a sandbox for one call; whoever has it must release the slot once. */
export interface Grant {
  readonly slot: Slot;
  readonly start: StartKind;
}

/** How a call left its slot. `abandoned`: it gave up before the sandbox was its own. */
export type CallOutcome = "clean" | "failed" | "abandoned";

interface Want extends Waiting {
  readonly sandboxClass: string;
  readonly askedMs: number;
  readonly request: PoolRequest;
}

interface Ticket extends Want {
  readonly resolve: (grant: Grant) => void;
  readonly reject: (error: unknown) => void;
}

/** Decides which sandbox each call gets, and when. Every decision is synchronous. */
export class Dispatcher {
  readonly housing: Housing;
  readonly #runtime: SandboxRuntime;
  readonly #policy: PoolPolicy;
  readonly #clock: Clock;
  readonly #processors: Pick<ProcessorLoad, "areBusy">;
  readonly #keys = createPoolKeys();
  readonly #estimate = new RetryEstimate();
  readonly #queue: WaitQueue<Ticket>;
  #closed = false;
  /** One timer for all patient calls: each is looked at again within twice its patience. */
  #cancelPatience: (() => void) | null = null;
  /** Those in the queue, whose wait is limited. */
  readonly #line: ExpiringLine<Ticket>;

  constructor(options: {
    runtime: SandboxRuntime;
    policy: PoolPolicy;
    clock: Clock;
    budget: MemoryBudget;
    processors: Pick<ProcessorLoad, "areBusy">;
  }) {
    this.#runtime = options.runtime;
    this.#policy = options.policy;
    this.#clock = options.clock;
    this.#processors = options.processors;
    this.#queue = new WaitQueue(options.policy.queueLimit);
    this.#line = new ExpiringLine({
      clock: options.clock,
      limitMs: options.policy.queueWaitMs,
      onExpired: (ticket) =>
        this.#turnAway(ticket, this.#exhausted("no sandbox became free in time")),
    });
    this.housing = new Housing({
      ...options,
      onRoom: () => this.#pump(),
    });
  }

  get closed(): boolean {
    return this.#closed;
  }
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Finds a place for a call: at once where there is one, else the promise of one, where allowed.
   * @throws {AirlockError} `pool_exhausted`, `shutting_down`, `sandbox_crashed`; the signal's reason.
   */
  acquire(request: PoolRequest): Grant | Promise<Grant> {
    if (this.#closed) throw shuttingDown("the gateway is shutting down");
    const { tenant, need, reuse } = request;
    const sandboxClass = this.#runtime.classOf(need);
    const key = reuse === "keep" ? this.#keys.keyOf(request, sandboxClass) : null;
    const askedMs = this.#clock.nowMs();
    this.housing.demand.arrived(key, askedMs);
    const want: Want = { tenant, key, sandboxClass, request, askedMs };
    return this.#place(want) ?? this.#wait(want);
  }

  /** A call has left its slot, which it held for `heldMs`. */
  release(slot: Slot, call: { readonly outcome: CallOutcome; readonly heldMs: number }): void {
    const { housing } = this;
    this.#estimate.held(call.heldMs);
    housing.roster.leave(slot);
    if (slot.retirement === null) {
      const reason = this.#reasonToEnd(slot, call.outcome);
      if (reason !== null) housing.retire(slot, reason);
      else if (slot.running === 0) housing.rest(slot);
    } else if (slot.running === 0) housing.end(slot);
    if (!this.#handOver(slot)) this.#pump();
  }

  /** Takes no more calls and turns away those that wait; running ones go on. */
  close(): void {
    this.#closed = true;
    this.#cancelPatience?.();
    this.#cancelPatience = null;
    this.#line.stop();
    for (const ticket of this.#queue.takeAll()) {
      ticket.reject(shuttingDown("the gateway is shutting down"));
    }
    this.housing.close();
  }

  #reasonToEnd(slot: Slot, outcome: CallOutcome): RetireReason | null {
    if (outcome === "failed") return "error";
    if (this.#closed) return "drained";
    if (slot.key === null) return "used-once";
    if (!slot.isLoaded) return slot.running === 0 ? "abandoned" : null;
    return wornOut(slot, { policy: this.#policy, nowMs: this.#clock.nowMs() });
  }

  /** Gives a freed place to the next call of the same key, as long as the key's slice lasts. */
  #handOver(slot: Slot): boolean {
    const { sliceStartMs } = slot;
    if (slot.key === null || slot.retirement !== null) return false;
    if (this.#clock.nowMs() - sliceStartMs >= this.#policy.fairSliceMs) return false;
    const next = this.#queue.firstOfKey(slot.key);
    const served = next === null ? null : this.#tryPlace(next);
    if (next === null || served === null) return false;
    this.#queue.served(next);
    settle(next, served);
    // Handing over does not begin a new slice.
    slot.sliceStartMs = sliceStartMs;
    return true;
  }

  /** Serves those who wait, in turn, as far as there is room; what is left goes to blanks. */
  #pump(): void {
    const stuck = new Set<string>();
    while (this.#queue.size > 0) {
      const next = this.#queue.serveNext((ticket) => {
        const { tenant, key, sandboxClass, request } = ticket;
        const alike = `${request.concurrency} ${key ?? `${tenant} ${sandboxClass}`}`;
        if (stuck.has(alike)) return null;
        const served = this.#tryPlace(ticket);
        if (served === null) stuck.add(alike);
        return served;
      });
      if (next === null) break;
      settle(next.waiter, next.served);
    }
    this.housing.refillSoon();
  }

  #tryPlace(want: Want): Grant | Error | null {
    try {
      return this.#place(want);
    } catch (error) {
      return startFailed(error);
    }
  }

  /** The heart: a place for the call now, or `null` when it has to wait. */
  #place(want: Want): Grant | null {
    const { roster } = this.housing;
    const { perKeyMax, perTenantMax, overlapBeforeSpread } = this.#policy;
    const { tenant, key, sandboxClass } = want;
    const { concurrency, need } = want.request;
    const tenantHasRoom = roster.busyOf(tenant) < perTenantMax;
    if (key !== null) {
      const own = roster.ofKey(key);
      const maySpread = tenantHasRoom && own.size < perKeyMax && this.housing.hasSpareRoom;
      const shared = chooseShared(own, { concurrency, overlapBeforeSpread, maySpread });
      if (shared !== null && (shared.running > 0 || tenantHasRoom)) {
        return this.#give(shared, { want, start: "preloaded" });
      }
      if (own.size >= perKeyMax || this.#isPatient(want, own.size)) return null;
      // One that works will be free again; failing now would be worse than waiting for it.
      if (own.size > 0 && this.housing.isPaused(sandboxClass)) return null;
    }
    if (!tenantHasRoom) return null;
    const slot = this.housing.obtain(need, sandboxClass);
    if (slot === null) return null;
    roster.assign(slot, want);
    return this.#give(slot, { want, start: slot.sandbox === null ? "new" : "blank" });
  }

  /** A short call is over sooner than another process has started, and leaves its core to the next. */
  #isPatient({ askedMs }: Want, ownCount: number): boolean {
    const { patientFrom, patienceMs, busyPatienceMs } = this.#policy;
    if (ownCount < patientFrom) return false;
    const longestMs = this.#processors.areBusy() ? busyPatienceMs : patienceMs;
    if (this.#clock.nowMs() - askedMs >= longestMs) return false;
    this.#cancelPatience ??= this.#clock.after(patienceMs, () => {
      this.#cancelPatience = null;
      this.#pump();
    });
    return true;
  }

  #give(slot: Slot, to: { readonly want: Want; readonly start: StartKind }): Grant {
    this.housing.roster.enter(slot, to.want.request.concurrency);
    this.housing.tally.started(to.start);
    slot.sliceStartMs = this.#clock.nowMs();
    return { slot, start: to.start };
  }

  #wait(want: Want): Promise<Grant> {
    const { signal } = want.request;
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#line.delete(ticket);
        signal.removeEventListener("abort", onAbort);
      };
      const ticket: Ticket = {
        ...want,
        resolve: (grant) => (leave(), resolve(grant)),
        reject: (error) => (leave(), reject(error)),
      };
      const onAbort = () => this.#turnAway(ticket, signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#line.add(ticket);
      this.#queue.add(ticket)?.reject(this.#exhausted("too many calls are waiting"));
    });
  }

  #turnAway(ticket: Ticket, error: unknown): void {
    this.#queue.remove(ticket);
    ticket.reject(error);
  }

  #exhausted(state: string): Error {
    this.housing.tally.exhausted();
    const { maxSandboxes } = this.#policy;
    const waiting = this.#queue.size;
    const retryAfterMs = this.#estimate.afterMs({ waiting, places: maxSandboxes });
    return poolExhausted(state, { waiting, maxSandboxes, retryAfterMs });
  }
}

function settle(ticket: Ticket, served: Grant | Error): void {
  if (served instanceof Error) ticket.reject(served);
  else ticket.resolve(served);
}
