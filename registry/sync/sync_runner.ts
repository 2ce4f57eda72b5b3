import type { TransactionSql } from "postgres";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonValue } from "../../spec/json.ts";
import { retryCollision } from "../catalog/retry_collision.ts";
import type { Database } from "../database/database.ts";
import { type RunLock, type RunLocks } from "./run_lock.ts";
import { advanceRun, beginRun, type BegunRun, endRun } from "./run_log.ts";
import { NO_COUNTS, type RunJob, type SyncCounts, type SyncJob, type SyncRun } from "./sync_job.ts";

/** A run that has begun. */
export interface StartedRun {
  readonly id: string;
  readonly job: SyncJob;
  /** Resolves at its end, with what it did; rejects with what ended it. */
  readonly done: Promise<SyncCounts>;
}

/** Options of {@linkcode SyncRunner}. */
export interface SyncRunnerOptions {
  readonly database: Pick<Database, "sql">;
  readonly locks: RunLocks;
  readonly jobs: Readonly<Partial<Record<SyncJob, RunJob>>>;
  /** Told of runs that failed, for the log. */
  readonly onFailure: (error: unknown, job: SyncJob) => void;
}

/** How a run is started. */
export interface StartOptions {
  /** Not before so much time has gone by since the last run on any node. */
  readonly intervalMs?: number;
  /** Ends this run, and no other. */
  readonly signal?: AbortSignal;
  /** Told after each part that was stored. */
  readonly onProgress?: (counts: SyncCounts) => void;
}

/** Runs jobs, each at most once at a time on all nodes. Disposing ends runs at their next checkpoint. */
export class SyncRunner implements AsyncDisposable {
  readonly #options: SyncRunnerOptions;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: SyncRunnerOptions) {
    this.#options = options;
  }

  /**
   * Starts a run.
   * @throws {AirlockError} `conflict` where one is going on, here or on another node; `rate_limited`
   * where it is too early; `not_found` for a job that this gateway does not have.
   */
  start(job: SyncJob, options: StartOptions = {}): Promise<StartedRun> {
    return this.#keep(this.#begin(job, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(stopped());
    await Promise.all(this.#running);
  }

  /** Whoever disposes this waits for it. */
  #keep<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(() => {}, () => {});
    this.#running.add(settled);
    settled.finally(() => this.#running.delete(settled));
    return work;
  }

  async #begin(job: SyncJob, options: StartOptions): Promise<StartedRun> {
    const { database: { sql }, locks, jobs } = this.#options;
    const run = jobs[job];
    if (run === undefined) throw unknownJob(job);
    this.#stop.signal.throwIfAborted();
    await using stack = new AsyncDisposableStack();
    const lock = await locks.take(job);
    if (lock === undefined) throw isRunning(job);
    stack.use(lock);
    this.#stop.signal.throwIfAborted();
    const begun = await beginRun(sql, job, options);
    if ("reason" in begun) throw tooEarly(job, begun.waitMs);
    stack.move();
    const done = this.#keep(this.#run({ job, begun, lock, run }, options));
    return { id: begun.id, job, done };
  }

  async #run(
    { job, begun, lock, run }: {
      readonly job: SyncJob;
      readonly begun: BegunRun;
      readonly lock: RunLock;
      readonly run: RunJob;
    },
    { signal: own, onProgress }: StartOptions,
  ): Promise<SyncCounts> {
    await using _lock = lock;
    const { database: { sql }, onFailure } = this.#options;
    const signals = [this.#stop.signal, lock.lost, ...own === undefined ? [] : [own]];
    const signal = AbortSignal.any(signals);
    const context = new RunContext({ sql, signal, begun, onProgress });
    const end = { id: begun.id, job };
    try {
      await run(context);
      await endRun(sql, { ...end, error: null, isFailure: false, notBeforeMs: undefined });
      return context.counts;
    } catch (error) {
      const isStopped = this.#stop.signal.aborted || own?.aborted === true;
      if (!isStopped) onFailure(error, job);
      const notBeforeMs = error instanceof AirlockError ? error.retryAfterMs : undefined;
      const problem = isStopped ? "stopped" : wordsOf(error);
      await endRun(sql, { ...end, error: problem, isFailure: !isStopped, notBeforeMs })
        .catch((lost: unknown) => onFailure(lost, job));
      throw error;
    }
  }
}

class RunContext implements SyncRun {
  readonly sql: SyncRun["sql"];
  readonly signal: AbortSignal;
  readonly #id: string;
  readonly #onProgress: (counts: SyncCounts) => void;
  position: JsonValue;
  counts = NO_COUNTS;

  constructor({ sql, signal, begun, onProgress = () => {} }: {
    readonly sql: SyncRun["sql"];
    readonly signal: AbortSignal;
    readonly begun: BegunRun;
    readonly onProgress?: (counts: SyncCounts) => void;
  }) {
    this.sql = sql;
    this.signal = signal;
    this.#id = begun.id;
    this.position = begun.position;
    this.#onProgress = onProgress;
  }

  async commit(
    position: JsonValue,
    work: (tx: TransactionSql) => Promise<SyncCounts>,
  ): Promise<void> {
    this.signal.throwIfAborted();
    const more = await retryCollision(async () =>
      await this.sql.begin(async (tx) => {
        const counts = await work(tx);
        if (await advanceRun(tx, { id: this.#id, position, counts })) return counts;
        throw takenOver();
      })
    );
    const { seen, recorded, failed } = this.counts;
    this.position = position;
    this.counts = {
      seen: seen + more.seen,
      recorded: recorded + more.recorded,
      failed: failed + more.failed,
    };
    this.#onProgress(this.counts);
  }
}

/** Messages of drivers may hold addresses: what is not ours stays out of the table. */
function wordsOf(error: unknown): string {
  return error instanceof AirlockError ? error.message : "it failed, see the log";
}

function unknownJob(job: SyncJob): AirlockError {
  return new AirlockError("not_found", `sync ${job}: this gateway does not have it`, {
    stage: "request",
    suggestion: "Run `airlock sync status` to see what there is.",
  });
}

function isRunning(job: SyncJob): AirlockError {
  return new AirlockError("conflict", `sync ${job}: it is running already`, {
    stage: "request",
    suggestion: "Wait for its end; `airlock sync status` shows how far it is.",
  });
}

function tooEarly(job: SyncJob, waitMs: number): AirlockError {
  return new AirlockError("rate_limited", `sync ${job}: too early`, {
    stage: "request",
    suggestion: "Wait: the other side has asked for it, or it ran a moment ago.",
    retryAfterMs: waitMs,
  });
}

function takenOver(): AirlockError {
  return new AirlockError("conflict", "sync: another run has taken over", {
    stage: "store",
    suggestion: "Nothing is to be done: the other one goes on.",
  });
}

function stopped(): AirlockError {
  return new AirlockError("shutting_down", "sync: the gateway is stopping", {
    stage: "request",
    suggestion: "It goes on where it was after the next start.",
  });
}
