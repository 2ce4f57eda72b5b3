import type { SandboxNeed } from "../../spec/sandbox.ts";

/** Every bound of a sandbox pool, by name. */
export interface PoolPolicy {
  /** Live processes of the pool, whatever their state: blank, loading, idle, busy, ending. */
  readonly maxSandboxes: number;
  /** Blank sandboxes kept ready; at most half of `maxSandboxes`. */
  readonly blankTarget: number;
  /**
   * Blanks kept ready at most, where calls take more than `blankTarget` at once; the same as
   * `blankTarget` keeps their number as it is.
   */
  readonly blankCeiling: number;
  /** What blanks are made for: only needs of the same class can use them. */
  readonly blankNeed: SandboxNeed;
  /** Sandboxes of one key. */
  readonly perKeyMax: number;
  /**
   * Sandboxes of one key from which on a call is patient: as many as there are cores, since more of
   * them only take turns unless they wait for something.
   */
  readonly patientFrom: number;
  /** How long a patient call waits for a sandbox of its key before another is started for it. */
  readonly patienceMs: number;
  /** The same while the processors are busy: another sandbox would only take its share of them. */
  readonly busyPatienceMs: number;
  /**
   * Busy sandboxes of one tenant. Below `maxSandboxes`, so that no flood of long calls can hold the
   * whole pool.
   */
  readonly perTenantMax: number;
  /** Overlapping calls that a sandbox takes before another one of its key is started. */
  readonly overlapBeforeSpread: number;
  /** Calls after which a sandbox is replaced. */
  readonly maxUses: number;
  /** Age at which a sandbox is replaced. */
  readonly maxAgeMs: number;
  /** Idle time after which a preloaded sandbox is ended. */
  readonly idleMs: number;
  /** Resident memory gained since loading at which a sandbox is replaced. */
  readonly maxRssGrowthBytes: number;
  /** CPU time per second of wall time that a sandbox may burn while no call runs in it. */
  readonly idleCpuMsPerSecond: number;
  /** How often idle sandboxes are looked at: two looks are needed to see a burner. */
  readonly watchEveryMs: number;
  /** Calls that may wait at once. */
  readonly queueLimit: number;
  /** How long one call may wait. */
  readonly queueWaitMs: number;
  /** How long a sandbox may go from call to call of its key while other tenants wait. */
  readonly fairSliceMs: number;
  /** Idle time after which a preloaded sandbox may be ended to make room for a blank. */
  readonly coldAfterMs: number;
  /**
   * Pause before blanks are replaced: about as long as loading takes, since spawning would compete
   * with the call that took one, which costs it a fifth on two cores.
   */
  readonly refillDelayMs: number;
  /** First and longest pause after failed starts; doubles in between. */
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
}

/** What must be decided by whoever makes a pool; the rest has defaults. */
export type PoolPolicyInput =
  & Pick<PoolPolicy, "maxSandboxes" | "blankNeed">
  & Partial<PoolPolicy>;

const MIB = 1024 * 1024;

/**
 * Completes a policy with defaults.
 * @throws {RangeError} when a bound is not a usable number.
 */
export function poolPolicy(input: PoolPolicyInput): PoolPolicy {
  const { maxSandboxes } = input;
  const blankTarget = Math.min(input.blankTarget ?? 4, Math.floor(maxSandboxes / 2));
  const policy: PoolPolicy = {
    perKeyMax: Math.max(1, Math.ceil(maxSandboxes / 2)),
    patientFrom: maxSandboxes,
    patienceMs: 25,
    busyPatienceMs: 1_000,
    perTenantMax: Math.max(1, maxSandboxes - Math.ceil(maxSandboxes / 8)),
    overlapBeforeSpread: 4,
    maxUses: 1_000,
    maxAgeMs: 15 * 60_000,
    idleMs: 5 * 60_000,
    maxRssGrowthBytes: 64 * MIB,
    idleCpuMsPerSecond: 200,
    watchEveryMs: 400,
    queueLimit: 256,
    queueWaitMs: 10_000,
    fairSliceMs: 100,
    coldAfterMs: 5_000,
    refillDelayMs: 100,
    backoffMinMs: 100,
    backoffMaxMs: 10_000,
    ...input,
    blankTarget,
    blankCeiling: Math.max(
      blankTarget,
      Math.min(input.blankCeiling ?? blankTarget, Math.floor(maxSandboxes / 2)),
    ),
  };
  for (const [name, value] of Object.entries(policy)) {
    if (name === "blankNeed") continue;
    const least = MAY_BE_ZERO.has(name) ? 0 : 1;
    if (typeof value !== "number" || Number.isNaN(value) || value < least) {
      throw new RangeError(`Making a pool policy: ${name} must be a number of at least ${least}`);
    }
  }
  return policy;
}

const MAY_BE_ZERO: ReadonlySet<string> = new Set([
  "blankTarget",
  "blankCeiling",
  "queueLimit",
  "queueWaitMs",
  "fairSliceMs",
  "patienceMs",
  "busyPatienceMs",
  "coldAfterMs",
  "refillDelayMs",
  "idleCpuMsPerSecond",
  "maxRssGrowthBytes",
]);
