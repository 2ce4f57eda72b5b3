import type { StartKind } from "../../spec/execution.ts";
import type { LoadUnit, SandboxNeed } from "../../spec/sandbox.ts";
import type { DemandNumbers } from "./adaptive/demand.ts";

/** What a call wants from the pool. */
export interface PoolRequest {
  /** Nothing warm is shared between tenants. */
  readonly tenant: string;
  /** Content address of the code in `unit`. */
  readonly artifactDigest: string;
  readonly need: SandboxNeed;
  readonly unit: LoadUnit;
  /** `keep`: a preloaded sandbox may be used and kept. `per-call`: a process of its own, used once. */
  readonly reuse: "keep" | "per-call";
  /** Calls of this artifact that may overlap in one sandbox; 1 where it was not seen to be safe. */
  readonly concurrency: number;
  /** Aborting gives up waiting, starting and loading; afterwards it is the business of `use`. */
  readonly signal: AbortSignal;
  /** Called once, after loading and before `use`. */
  readonly onStart?: (start: PoolStart) => void;
}

/** How a call got its sandbox. */
export interface PoolStart {
  readonly start: StartKind;
  /** From the request to a started sandbox: waiting and spawning. */
  readonly acquireMs: number;
  /** Loading, or waiting for another call's loading; 0 where nothing had to be loaded. */
  readonly loadMs: number;
}

/** What a call got. */
export interface PoolResult<T> extends PoolStart {
  readonly value: T;
}

/** The pool at one moment, and what it did so far. */
export interface PoolStats {
  readonly maxSandboxes: number;
  /** Places taken: always the sum of the five below it, never above `maxSandboxes`. */
  readonly total: number;
  readonly blank: number;
  /** Spawning or loading for a call. */
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly ending: number;
  readonly waiting: number;
  readonly draining: boolean;
  /** Calls by how they started. */
  readonly starts: Readonly<Partial<Record<StartKind, number>>>;
  /** Ended sandboxes by reason. */
  readonly retired: Readonly<Partial<Record<RetireReason, number>>>;
  /** Calls turned away with `pool_exhausted`. */
  readonly exhausted: number;
  readonly spawnFailures: number;
  /** What calls lately asked for, from which the number of blanks follows. */
  readonly demand: DemandNumbers;
}

/** Why a sandbox was ended. */
export type RetireReason =
  | "error"
  | "used-once"
  | "uses"
  | "age"
  | "idle"
  | "memory"
  | "background-cpu"
  | "unresponsive"
  | "abandoned"
  | "evicted"
  | "surplus"
  | "budget"
  | "exited"
  | "start-failed"
  | "drained";
