import type { SandboxNeed, SandboxRuntime } from "../../spec/sandbox.ts";
import { Demand } from "./adaptive/demand.ts";
import type { MemoryBudget } from "./adaptive/memory_budget.ts";
import { SlotMemory } from "./adaptive/slot_memory.ts";
import { BlankShelf } from "./blank_shelf.ts";
import type { Clock } from "./clock.ts";
import { IdleWatch } from "./idle_watch.ts";
import { chooseVictim } from "./placement.ts";
import { startFailed, startsPaused } from "./pool_errors.ts";
import type { PoolPolicy } from "./pool_policy.ts";
import type { RetireReason } from "./pool_request.ts";
import { PoolTally } from "./pool_tally.ts";
import { Roster } from "./roster.ts";
import { Slot } from "./slot.ts";
import { SpawnBackoff } from "./spawn_backoff.ts";

/** What housing works with. */
export interface HousingOptions {
  readonly runtime: SandboxRuntime;
  readonly policy: PoolPolicy;
  readonly clock: Clock;
  /** What is kept ready must fit into. */
  readonly budget: MemoryBudget;
  /** A place may have become free. */
  readonly onRoom: () => void;
}

/**
 * Starts and ends sandboxes, so that never more than `maxSandboxes` are alive and none outlives the
 * pool. Which call gets which is none of its business.
 */
export class Housing {
  readonly tally = new PoolTally();
  readonly roster = new Roster();
  readonly #options: HousingOptions;
  readonly #backoff: SpawnBackoff;
  readonly #shelf: BlankShelf;
  readonly #watch: IdleWatch;
  readonly #memory: SlotMemory;
  readonly demand: Demand;
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: HousingOptions) {
    const { runtime, policy, clock } = options;
    this.#options = options;
    this.#backoff = new SpawnBackoff({
      clock,
      minMs: policy.backoffMinMs,
      maxMs: policy.backoffMaxMs,
    });
    this.demand = new Demand({
      blankFloor: policy.blankTarget,
      blankCeiling: policy.blankCeiling,
      refillDelayMs: policy.refillDelayMs,
    });
    const sandboxClass = runtime.classOf(policy.blankNeed);
    this.#shelf = new BlankShelf({
      sandboxClass,
      target: () => this.demand.blankTarget(clock.nowMs()),
      floor: policy.blankTarget,
      refillDelayMs: policy.refillDelayMs,
      clock,
      backoff: this.#backoff,
      hasRoom: () => this.#roomForBlank() !== null,
      spawn: () => this.#spawnBlank(sandboxClass),
      dismiss: (slot) => this.retire(slot, "surplus"),
    });
    this.#watch = new IdleWatch({
      clock,
      policy,
      idle: () => this.roster.idle,
      retire: (slot, reason) => this.retire(slot, reason),
      onUsage: (slot, rssBytes) => this.#memory.seen(slot, rssBytes),
      onRound: () => this.#shelf.refillSoon(),
    });
    this.#memory = new SlotMemory({
      budget: options.budget,
      demand: this.demand,
      nowMs: () => clock.nowMs(),
      idle: () => this.roster.idle,
      blanks: () => this.#shelf.all,
      retire: (slot) => this.retire(slot, "budget"),
    });
  }

  /** Whether another sandbox could be had without ending one that is of use. */
  get hasSpareRoom(): boolean {
    return this.#shelf.size > 0 || this.roster.size < this.#options.policy.maxSandboxes;
  }

  /** @throws {AirlockError} `sandbox_crashed` when a blank cannot be started. */
  warm(): Promise<void> {
    return this.#shelf.warm();
  }

  /** Brings blanks back to their number, off the path of any call. */
  refillSoon(): void {
    this.#shelf.refillSoon();
  }

  /** Whether new sandboxes of the class are not to be started for a while. */
  isPaused(sandboxClass: string): boolean {
    return this.#backoff.waitMs(sandboxClass) > 0;
  }

  /**
   * A sandbox that belongs to nobody yet: a blank, a new one, or a new one in the place of an idle
   * one that is ended for it. `null` when every place is in use.
   * @throws {AirlockError} `sandbox_crashed` while starts of the class are paused.
   */
  obtain(need: SandboxNeed, sandboxClass: string): Slot | null {
    if (sandboxClass === this.#shelf.sandboxClass) {
      this.demand.taken(this.#options.clock.nowMs());
    }
    const blank = this.#shelf.take(sandboxClass);
    this.#shelf.refillSoon();
    if (blank !== null) return blank;
    const pausedMs = this.#backoff.waitMs(sandboxClass);
    if (pausedMs > 0) throw startsPaused(pausedMs);
    if (this.roster.size < this.#options.policy.maxSandboxes) {
      return this.#spawn(need, { sandboxClass });
    }
    const [ending] = this.roster.ending;
    const leaver = ending ??
      chooseVictim(this.roster.idle, (slot) => this.roster.ofKey(slot.key ?? "").size) ??
      this.#shelf.sacrifice();
    if (leaver === null) return null;
    return this.#spawn(need, { sandboxClass, after: this.#inherit(leaver) });
  }

  /** A sandbox was loaded: what it uses now is what its growth is measured against. */
  loaded(slot: Slot): void {
    this.#watch.lookSoon(slot);
  }

  /** A sandbox stays, without calls for now. */
  rest(slot: Slot): void {
    this.roster.rest(slot, this.#options.clock.nowMs());
    this.#watch.lookSoon(slot);
    this.#watch.wake();
    // While its call ran, nobody could have had its memory.
    this.#options.budget.enforce();
  }

  /** Lets nothing new into a sandbox, and ends it when no call is in it. */
  retire(slot: Slot, reason: RetireReason): void {
    if (slot.retirement !== null) return;
    this.#shelf.remove(slot);
    this.roster.withdraw(slot, reason);
    this.tally.retired(reason);
    if (slot.running === 0) this.end(slot);
  }

  /** Ends a retired sandbox now; its place is free when nothing of it is left. */
  end(slot: Slot): void {
    this.roster.depart(slot);
    const left = slot.end().then(() => {
      this.#release(slot);
      this.#leaving.delete(left);
      this.#options.onRoom();
    });
    this.#leaving.add(left);
  }

  /** Starts no more blanks, and ends what no call is in. */
  close(): void {
    this.#watch.stop();
    for (const slot of this.#shelf.close()) this.retire(slot, "drained");
    for (const slot of [...this.roster.idle]) this.retire(slot, "drained");
  }

  /** Ends everything, also under running calls. Resolves when no sandbox is left. */
  async killAll(): Promise<void> {
    for (const slot of [...this.roster.all]) {
      slot.killedByDrain = slot.running > 0;
      this.retire(slot, "drained");
      if (slot.running > 0) this.end(slot);
    }
    while (this.#leaving.size > 0) await Promise.all(this.#leaving);
    this.#watch.stop();
  }

  #spawnBlank(sandboxClass: string): Slot | null {
    if (this.#backoff.waitMs(sandboxClass) > 0) return null;
    const room = this.#roomForBlank();
    if (room === null) return null;
    const after = room.leaver === null ? undefined : this.#inherit(room.leaver);
    return this.#spawn(this.#options.policy.blankNeed, { sandboxClass, after });
  }

  /**
   * A free place, or that of a sandbox that has grown cold. A call that waits could have had either,
   * so it waits for something else: its key's or its tenant's turn.
   */
  #roomForBlank(): { readonly leaver: Slot | null } | null {
    const { policy, clock } = this.#options;
    if (!this.#memory.fitsOneMore) return null;
    if (this.roster.size < policy.maxSandboxes) return { leaver: null };
    const [coldest] = this.roster.idle;
    if (coldest === undefined) return null;
    const isCold = clock.nowMs() - coldest.idleSinceMs >= policy.coldAfterMs;
    return isCold ? { leaver: coldest } : null;
  }

  /** Passes a place on before its holder is gone; whoever gets it waits for the returned promise. */
  #inherit(leaver: Slot): Promise<void> {
    this.retire(leaver, "evicted");
    this.#release(leaver);
    return leaver.end();
  }

  #release(slot: Slot): void {
    this.#memory.end(slot);
    this.roster.release(slot);
  }

  #spawn(
    need: SandboxNeed,
    options: { readonly sandboxClass: string; readonly after?: Promise<void> },
  ): Slot {
    const { sandboxClass } = options;
    const { runtime, clock } = this.#options;
    const slot = new Slot({
      ...options,
      bornMs: clock.nowMs(),
      create: () => runtime.create(need).catch((error) => Promise.reject(startFailed(error))),
      onExit: (gone) => this.#exited(gone),
    });
    this.roster.add(slot);
    this.#memory.begin(slot);
    slot.started.then((sandbox) => {
      this.#backoff.succeeded(sandboxClass);
      this.demand.spawned(clock.nowMs() - slot.bornMs);
      this.#watch.weigh(slot, sandbox);
    }, () => {
      if (slot.retirement !== null) return;
      this.tally.spawnFailed();
      this.#backoff.failed(sandboxClass);
      this.retire(slot, "start-failed");
    });
    return slot;
  }

  #exited(slot: Slot): void {
    // A blank ran no code but ours: its end says something about starting the next one.
    if (slot.tenant === null) this.#backoff.failed(slot.sandboxClass);
    this.retire(slot, "exited");
  }
}
