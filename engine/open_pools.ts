import type { Config } from "../config.ts";
import type { PoolFacts } from "../gateway/gateway_options.ts";
import type { PoolNumbers } from "../gateway/metrics.ts";
import { MemoryBudget } from "../runtime/pool/adaptive/memory_budget.ts";
import { systemClock } from "../runtime/pool/clock.ts";
import { poolPolicy } from "../runtime/pool/pool_policy.ts";
import { ProcessorLoad } from "../runtime/pool/processor_load.ts";
import { createSandboxPool, type SandboxPool } from "../runtime/pool/sandbox_pool.ts";
import type { JsonObject } from "../spec/json.ts";
import { NO_PERMISSIONS } from "../spec/permissions.ts";
import type { RuntimeKind, SandboxRuntime } from "../spec/sandbox.ts";
import { addCounts } from "./add_counts.ts";

/** The pools of all runtimes. Disposing ends every sandbox. */
export interface Pools extends AsyncDisposable {
  readonly byKind: ReadonlyMap<RuntimeKind, SandboxPool>;
  /** Starts what is kept ready; never rejects. */
  warm(): void;
  /** What all pools count, added up. */
  counts(): JsonObject;
  numbers(): PoolNumbers;
  facts(): Omit<PoolFacts, "results">;
}

/** Opens a pool for each runtime; the first is the one that most calls go to. */
export function openPools(config: Config, runtimes: readonly SandboxRuntime[]): Pools {
  const { maxSandboxes, blankSandboxes } = config.pool;
  const budget = new MemoryBudget(config.pool.memoryBytes);
  const processors = new ProcessorLoad(systemClock());
  const byKind = new Map(
    runtimes.map((runtime, index) => {
      // The others are rarer: none is prepared for before the first call of one.
      const size = index === 0
        ? { maxSandboxes, blankSandboxes }
        : { maxSandboxes: Math.ceil(maxSandboxes / 2), blankSandboxes: 0 };
      return [runtime.kind, openPool(config, { runtime, budget, processors, ...size })];
    }),
  );
  const all = [...byKind.values()];
  const stats = () => all.map((pool) => pool.stats());
  return {
    byKind,
    warm() {
      for (const pool of all) {
        // What cannot be started is started again for the first call, which is told why it failed.
        pool.warm().catch(() => {});
      }
    },
    counts: () => addCounts(stats().map(({ demand: _demand, ...counts }) => counts)),
    facts: () => ({
      budget: budget.numbers(),
      pools: [...byKind].map(([runtime, pool]) => ({ runtime, ...pool.stats() })),
    }),
    numbers() {
      const now = stats();
      const sum = (name: "blank" | "starting" | "idle" | "busy" | "ending" | "waiting") =>
        now.reduce((total, one) => total + one[name], 0);
      return {
        sandboxes: {
          blank: sum("blank"),
          starting: sum("starting"),
          idle: sum("idle"),
          busy: sum("busy"),
          ending: sum("ending"),
        },
        queued: sum("waiting"),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((pool) => pool[Symbol.asyncDispose]()));
    },
  };
}

function openPool(
  config: Config,
  { runtime, budget, processors, maxSandboxes, blankSandboxes }:
    & {
      readonly runtime: SandboxRuntime;
      readonly budget: MemoryBudget;
      readonly processors: ProcessorLoad;
    }
    & Pick<Config["pool"], "maxSandboxes" | "blankSandboxes">,
): SandboxPool {
  return createSandboxPool({
    runtime,
    budget,
    processors,
    policy: poolPolicy({
      maxSandboxes,
      blankTarget: blankSandboxes,
      // Whoever wants none gets none, however many calls come.
      blankCeiling: config.pool.blankSandboxes === 0 ? 0 : Math.floor(maxSandboxes / 2),
      blankNeed: { permissions: NO_PERMISSIONS, limits: config.limits.defaults },
      patientFrom: navigator.hardwareConcurrency,
      maxUses: config.pool.maxUses,
      idleMs: config.pool.idleMs,
      queueLimit: config.pool.queueLimit,
      queueWaitMs: config.pool.queueWaitMs,
    }),
  });
}
