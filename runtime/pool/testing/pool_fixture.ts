import { DEFAULT_LIMITS } from "../../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../../spec/permissions.ts";
import type { Sandbox, SandboxNeed } from "../../../spec/sandbox.ts";
import { MemoryBudget } from "../adaptive/memory_budget.ts";
import { poolPolicy, type PoolPolicyInput } from "../pool_policy.ts";
import type { PoolRequest } from "../pool_request.ts";
import { createSandboxPool, type SandboxPool } from "../sandbox_pool.ts";
import { FakeRuntime, FakeSandbox } from "./fake_runtime.ts";
import { ManualClock } from "./manual_clock.ts";

/** A need of the class that blanks are made for. */
export const NEED: SandboxNeed = { permissions: NO_PERMISSIONS, limits: DEFAULT_LIMITS };

/** A pool on a fake runtime and a manual clock; disposing it checks that nothing is left. */
export interface PoolFixture {
  readonly clock: ManualClock;
  readonly runtime: FakeRuntime;
  readonly pool: SandboxPool;
  /** Ends the pool, however far its clock has to go for that. */
  finish(): Promise<void>;
}

/** Four places, no blanks unless asked for. */
export function poolFixture(
  policy: Partial<PoolPolicyInput> = {},
  { budget = new MemoryBudget(Infinity), processors = {} }: {
    readonly budget?: MemoryBudget;
    readonly processors?: { areBusy?: () => boolean };
  } = {},
): PoolFixture {
  const clock = new ManualClock();
  const runtime = new FakeRuntime(clock);
  const full = poolPolicy({
    maxSandboxes: 4,
    blankNeed: NEED,
    blankTarget: 0,
    perKeyMax: 4,
    perTenantMax: 4,
    refillDelayMs: 2,
    ...policy,
  });
  const watched = { areBusy: () => processors.areBusy?.() ?? false };
  const pool = createSandboxPool({ runtime, policy: full, clock, budget, processors: watched });
  return {
    clock,
    runtime,
    pool,
    async finish() {
      const drained = pool.drain(0);
      await clock.advance(10_000);
      await drained;
      const { total } = pool.stats();
      const { usedBytes } = budget.numbers();
      if (usedBytes !== 0) throw new Error(`finish: ${usedBytes} bytes not given back`);
      if (runtime.alive !== 0 || total !== 0 || clock.pending !== 0) {
        throw new Error(
          `finish: ${runtime.alive} alive, ${total} places taken, ${clock.pending} timers`,
        );
      }
    },
  };
}

/** A request of tenant `t`, artifact `a`, that may keep its sandbox. */
export function poolRequest(
  change: Partial<PoolRequest> & { env?: Record<string, string>; memoryBytes?: number } = {},
): PoolRequest {
  const { env = {}, memoryBytes, ...rest } = change;
  const overlapping = (rest.concurrency ?? 1) > 1;
  const artifactDigest = rest.artifactDigest ?? "a";
  return {
    tenant: "t",
    artifactDigest,
    need: memoryBytes === undefined
      ? NEED
      : { ...NEED, limits: { ...DEFAULT_LIMITS, memoryBytes } },
    unit: {
      codeDirectory: `/artifacts/${artifactDigest}`,
      entry: "main.js",
      env,
      timeoutMs: 1_000,
      overlapping,
    },
    reuse: "keep",
    concurrency: 1,
    signal: new AbortController().signal,
    ...rest,
  };
}

/** A call of `durationMs` that returns its sandbox's id, or rejects with `error`. */
export function working(durationMs: number, error?: Error): (sandbox: Sandbox) => Promise<string> {
  return (sandbox) => {
    if (!(sandbox instanceof FakeSandbox)) throw new Error("work: not a fake sandbox");
    return sandbox.work(durationMs, error);
  };
}
