import type { StartKind } from "../../spec/execution.ts";
import type { RetireReason } from "./pool_request.ts";

/** Counts what a pool did. */
export class PoolTally {
  readonly #starts: Partial<Record<StartKind, number>> = {};
  readonly #retired: Partial<Record<RetireReason, number>> = {};
  #exhausted = 0;
  #spawnFailures = 0;

  started(kind: StartKind): void {
    this.#starts[kind] = (this.#starts[kind] ?? 0) + 1;
  }

  retired(reason: RetireReason): void {
    this.#retired[reason] = (this.#retired[reason] ?? 0) + 1;
  }

  exhausted(): void {
    this.#exhausted += 1;
  }

  spawnFailed(): void {
    this.#spawnFailures += 1;
  }

  /** A copy of all counts. */
  counts(): {
    readonly starts: Readonly<Partial<Record<StartKind, number>>>;
    readonly retired: Readonly<Partial<Record<RetireReason, number>>>;
    readonly exhausted: number;
    readonly spawnFailures: number;
  } {
    return {
      starts: { ...this.#starts },
      retired: { ...this.#retired },
      exhausted: this.#exhausted,
      spawnFailures: this.#spawnFailures,
    };
  }
}
