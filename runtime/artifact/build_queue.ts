import type { PackageSource, ResolvedPackage, StepOptions } from "../../spec/artifact.ts";
import type { Stage } from "../../spec/errors.ts";
import type { ArtifactLease } from "./artifact_lease.ts";
import { BuildGate } from "./build_gate.ts";
import { buildArtifactFrom, type BuildTools, type PrepareTimings } from "./build_steps.ts";
import { raceSignal, startDeadline } from "./deadline_signal.ts";
import { refKey } from "./ref_book.ts";
import { SingleFlight } from "./single_flight.ts";

/** Bounds on builds. */
export interface BuildPolicy {
  readonly maxConcurrentBuilds: number;
  /** Builds that wait for a place; more are refused with `pool_exhausted`. */
  readonly maxQueuedBuilds: number;
  /** From the request of a build, waiting included, until it is stored. */
  readonly buildDeadlineMs: number;
}

/** What one request gets of a build. */
export interface BuildResult {
  readonly lease: ArtifactLease;
  readonly timings: PrepareTimings;
  /** `false` where somebody else had stored it by then. */
  readonly built: boolean;
}

/**
 * Builds: one for each version at a time, however many wait for it; few at once; each within its
 * deadline.
 */
export class BuildQueue {
  readonly #tools: BuildTools;
  readonly #policy: BuildPolicy;
  readonly #gate: BuildGate;
  readonly #closed = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #flights = new SingleFlight<BuildResult>({
    share: (result) => ({ ...result, lease: result.lease.share() }),
    release: ({ lease }) => lease[Symbol.dispose](),
  });

  constructor(tools: BuildTools, policy: BuildPolicy) {
    this.#tools = tools;
    this.#policy = policy;
    this.#gate = new BuildGate({
      maxRunning: policy.maxConcurrentBuilds,
      maxWaiting: policy.maxQueuedBuilds,
    });
  }

  /** @throws {AirlockError} As the steps do, `pool_exhausted` or `deadline_exceeded`. */
  build(
    resolved: ResolvedPackage,
    options: StepOptions & { readonly source: PackageSource },
  ): Promise<BuildResult> {
    const { source, signal, progress } = options;
    if (this.#closed.signal.aborted) return Promise.reject(this.#closed.signal.reason);
    const start = (step: StepOptions) => this.#buildOnce(resolved, { source, step });
    return this.#flights.join(refKey(resolved), { signal, progress, start });
  }

  /**
   * Rejects everybody who waits or comes later with `reason`, stops all builds, and waits until
   * they have cleaned up.
   */
  async close(reason: unknown): Promise<void> {
    this.#closed.abort(reason);
    this.#flights.abortAll(reason);
    await Promise.allSettled(this.#running);
  }

  async #buildOnce(
    resolved: ResolvedPackage,
    { source, step }: { readonly source: PackageSource; readonly step: StepOptions },
  ): Promise<BuildResult> {
    let stage: Stage = "build";
    using deadline = startDeadline(this.#policy.buildDeadlineMs, {
      parent: step.signal,
      stage: () => stage,
    });
    const { signal } = deadline;
    const work = async (): Promise<BuildResult> => {
      using _place = await this.#gate.enter(signal);
      const timings: PrepareTimings = {};
      // Somebody may have stored it since this request looked.
      const stored = await this.#tools.store.find(resolved);
      if (stored !== undefined) return { lease: stored, timings, built: false };
      const onStage = (begun: Stage) => stage = begun;
      const job = { progress: step.progress, signal, source, timings, onStage };
      const lease = await buildArtifactFrom(resolved, { tools: this.#tools, job });
      return { lease, timings, built: true };
    };
    return await this.#unlessAborted(work(), signal);
  }

  /** A step that does not heed its signal keeps nobody waiting, but is waited for at the end. */
  async #unlessAborted(work: Promise<BuildResult>, signal: AbortSignal): Promise<BuildResult> {
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    try {
      return await raceSignal(work, signal);
    } catch (error) {
      work.then(({ lease }) => lease[Symbol.dispose](), () => {
        // Its error is the one thrown here, or comes too late to tell anybody.
      });
      throw error;
    }
  }
}
