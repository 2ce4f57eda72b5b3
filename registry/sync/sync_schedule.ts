import { AirlockError } from "../../spec/errors.ts";
import { pause } from "../npm/pause.ts";
import type { SyncJob } from "./sync_job.ts";
import type { SyncRunner } from "./sync_runner.ts";

/** Options of {@linkcode SyncSchedule}. */
export interface SyncScheduleOptions {
  readonly runner: SyncRunner;
  /** Between runs of each job, on all nodes together; 0 or absent for never. */
  readonly intervalsMs: Readonly<Partial<Record<SyncJob, number>>>;
  /** Told of runs that could not even be started, for the log. */
  readonly onFailure: (error: unknown, job: SyncJob) => void;
  readonly random?: () => number;
}

/** Longest time before the first run: nodes that start together do not ask together. */
const FIRST_MS = 10_000;

/** Starts jobs again and again. Disposing starts no more; the runner ends what is going on. */
export class SyncSchedule implements AsyncDisposable {
  readonly #options: SyncScheduleOptions;
  readonly #stop = new AbortController();
  readonly #loops: readonly Promise<void>[];

  constructor(options: SyncScheduleOptions) {
    this.#options = options;
    const jobs = Object.entries(options.intervalsMs) as [SyncJob, number][];
    this.#loops = jobs.filter(([, intervalMs]) => intervalMs > 0)
      .map(([job, intervalMs]) => this.#repeat(job, intervalMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
  }

  async #repeat(job: SyncJob, intervalMs: number): Promise<void> {
    const { random = Math.random } = this.#options;
    const { signal } = this.#stop;
    let waitMs = random() * Math.min(intervalMs, FIRST_MS);
    while (await waited(waitMs, signal)) {
      waitMs = await this.#runOnce(job, intervalMs);
    }
  }

  /** @returns The time until the next attempt. */
  async #runOnce(job: SyncJob, intervalMs: number): Promise<number> {
    const { runner, onFailure, random = Math.random } = this.#options;
    const usualMs = intervalMs * (0.95 + random() / 10);
    try {
      const { done } = await runner.start(job, { intervalMs, signal: this.#stop.signal });
      // Its failure has been told by the runner.
      await done.catch(() => {});
      return usualMs;
    } catch (error) {
      const isTurn = error instanceof AirlockError &&
        ["conflict", "rate_limited", "shutting_down"].includes(error.code);
      if (!isTurn) onFailure(error, job);
      // A little later than asked for, so as not to come a moment too early again.
      const askedMs = error instanceof AirlockError ? error.retryAfterMs : undefined;
      return Math.min(askedMs === undefined ? usualMs : askedMs + 50, usualMs);
    }
  }
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, signal);
    return true;
  } catch {
    // The only way a pause ends early is that there is no next time.
    return false;
  }
}
