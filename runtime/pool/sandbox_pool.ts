import { AirlockError } from "../../spec/errors.ts";
import type { Sandbox, SandboxRuntime } from "../../spec/sandbox.ts";
import { MemoryBudget } from "./adaptive/memory_budget.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type CallOutcome, Dispatcher, type Grant } from "./dispatcher.ts";
import { shuttingDown } from "./pool_errors.ts";
import type { PoolPolicy } from "./pool_policy.ts";
import type { PoolRequest, PoolResult, PoolStart, PoolStats } from "./pool_request.ts";
import type { ProcessorLoad } from "./processor_load.ts";
import type { Slot } from "./slot.ts";
import { untilAborted } from "./until_aborted.ts";

/**
 * Sandboxes of one runtime, shared by calls within the rules of the policy. Owns every sandbox it
 * makes; disposing it ends them all.
 */
export interface SandboxPool extends AsyncDisposable {
  /**
   * Gets a sandbox, loads it where needed, runs `use` in it and takes it back: kept for the same key
   * after a clean call, ended after any error. `use` must let go of the sandbox before it settles.
   * @throws {AirlockError} `pool_exhausted`, `shutting_down`, `sandbox_crashed` at stage `acquire`;
   * what loading or `use` throws; the signal's reason where it aborted first.
   */
  run<T>(request: PoolRequest, use: (sandbox: Sandbox) => Promise<T>): Promise<PoolResult<T>>;
  /**
   * Starts the blanks and waits for them.
   * @throws {AirlockError} `sandbox_crashed` when one cannot be started.
   */
  warm(): Promise<void>;
  /**
   * Takes no more calls, turns away those that wait, lets running ones finish for `graceMs`, then
   * ends everything and resolves when no process is left. May be called again with less grace.
   */
  drain(graceMs: number): Promise<void>;
  stats(): PoolStats;
}

/** Makes an empty pool; nothing is started before `warm` or the first call. */
export function createSandboxPool(options: {
  readonly runtime: SandboxRuntime;
  readonly policy: PoolPolicy;
  readonly clock?: Clock;
  /** Shared with other pools; without one, memory bounds nothing that is kept ready. */
  readonly budget?: MemoryBudget;
  /** Where absent, they never seem busy. */
  readonly processors?: Pick<ProcessorLoad, "areBusy">;
}): SandboxPool {
  const { runtime, policy, clock = systemClock(), budget = new MemoryBudget(Infinity) } = options;
  const { processors = { areBusy: () => false } } = options;
  return new Pool(new Dispatcher({ runtime, policy, clock, budget, processors }), policy, clock);
}

/** A sandbox that has loaded what it is for. */
interface Ready {
  readonly sandbox: Sandbox;
  readonly acquiredMs: number;
  readonly loadedMs: number;
}

class Pool implements SandboxPool {
  readonly #dispatcher: Dispatcher;
  readonly #policy: PoolPolicy;
  readonly #clock: Clock;
  #active = 0;
  #onQuiet: (() => void)[] = [];

  constructor(dispatcher: Dispatcher, policy: PoolPolicy, clock: Clock) {
    this.#dispatcher = dispatcher;
    this.#policy = policy;
    this.#clock = clock;
  }

  async run<T>(
    request: PoolRequest,
    use: (sandbox: Sandbox) => Promise<T>,
  ): Promise<PoolResult<T>> {
    request.signal.throwIfAborted();
    this.#active += 1;
    try {
      const askedMs = this.#clock.nowMs();
      // Nothing is awaited that is there: most calls find a sandbox that is loaded and free.
      const place = this.#dispatcher.acquire(request);
      const grant = place instanceof Promise ? await place : place;
      return await this.#run(request, { ...grant, askedMs, use });
    } finally {
      this.#active -= 1;
      if (this.#active === 0) { for (const tell of this.#onQuiet.splice(0)) tell(); }
    }
  }

  async #run<T>(
    request: PoolRequest,
    call: Grant & {
      readonly askedMs: number;
      readonly use: (sandbox: Sandbox) => Promise<T>;
    },
  ): Promise<PoolResult<T>> {
    const { slot, start, askedMs, use } = call;
    const grantedMs = this.#clock.nowMs();
    let outcome: CallOutcome = "failed";
    try {
      const { sandbox, acquiredMs, loadedMs } = this.#readyNow(slot, request, grantedMs) ??
        await this.#ready(slot, request).catch((error) => {
          if (request.signal.aborted) outcome = "abandoned";
          throw error;
        });
      const started: PoolStart = {
        start,
        acquireMs: acquiredMs - askedMs,
        loadMs: loadedMs - acquiredMs,
      };
      if (start !== "preloaded" && slot.key !== null) {
        this.#dispatcher.housing.demand.startedCold(slot.key, loadedMs - grantedMs);
      }
      request.onStart?.(started);
      const value = await use(sandbox);
      outcome = "clean";
      return { value, ...started };
    } catch (error) {
      throw endedByDrain(slot, error) ? shuttingDown("the grace time is over", error) : error;
    } finally {
      this.#dispatcher.release(slot, { outcome, heldMs: this.#clock.nowMs() - grantedMs });
    }
  }

  #readyNow({ sandbox, isLoaded }: Slot, { signal }: PoolRequest, nowMs: number): Ready | null {
    if (sandbox === null || !isLoaded || signal.aborted) return null;
    return { sandbox, acquiredMs: nowMs, loadedMs: nowMs };
  }

  async #ready(slot: Slot, request: PoolRequest): Promise<Ready> {
    request.signal.throwIfAborted();
    const sandbox = slot.sandbox ?? await untilAborted(slot.started, request.signal);
    const acquiredMs = this.#clock.nowMs();
    if (slot.isLoaded) return { sandbox, acquiredMs, loadedMs: acquiredMs };
    await untilAborted(slot.load(request.unit), request.signal);
    this.#dispatcher.housing.loaded(slot);
    return { sandbox, acquiredMs, loadedMs: this.#clock.nowMs() };
  }

  warm(): Promise<void> {
    return this.#dispatcher.housing.warm();
  }

  async drain(graceMs: number): Promise<void> {
    this.#dispatcher.close();
    if (this.#active > 0 && graceMs > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(graceMs, resolve);
        this.#onQuiet.push(() => (cancel(), resolve()));
      });
    }
    await this.#dispatcher.housing.killAll();
  }

  stats(): PoolStats {
    const count = { blank: 0, starting: 0, idle: 0, busy: 0, ending: 0 };
    for (const slot of this.#dispatcher.housing.roster.all) count[stateOf(slot)] += 1;
    return {
      maxSandboxes: this.#policy.maxSandboxes,
      total: this.#dispatcher.housing.roster.size,
      ...count,
      waiting: this.#dispatcher.waiting,
      draining: this.#dispatcher.closed,
      ...this.#dispatcher.housing.tally.counts(),
      demand: this.#dispatcher.housing.demand.numbers(this.#clock.nowMs()),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.drain(0);
  }
}

function stateOf(slot: Slot): "blank" | "starting" | "idle" | "busy" | "ending" {
  if (slot.running > 0) return slot.isLoaded ? "busy" : "starting";
  if (slot.retirement !== null) return "ending";
  return slot.tenant === null ? "blank" : "idle";
}

/** Whether the pool's own killing is the reason of `error`. */
function endedByDrain(slot: Slot, error: unknown): boolean {
  if (!slot.killedByDrain) return false;
  return !(error instanceof AirlockError) || error.code === "sandbox_crashed";
}
