import { createJobs, type CreateJobsOptions } from "../../registry/sync/create_jobs.ts";
import { createRunLocks, type RunLocks } from "../../registry/sync/run_lock.ts";
import type { SyncCounts, SyncJob } from "../../registry/sync/sync_job.ts";
import { DEFAULT_SYNC_LIMITS, type SyncLimits } from "../../registry/sync/sync_limits.ts";
import { SyncRunner } from "../../registry/sync/sync_runner.ts";
import type { Database } from "../../registry/database/database.ts";
import { readDeclared } from "../../engine/read_declared.ts";
import { FakeSyncRegistry } from "./fake_sync_registry.ts";

/** Options of {@linkcode SyncWorld}. */
export interface SyncWorldOptions {
  readonly limits?: Partial<SyncLimits>;
  readonly jobs?: Partial<CreateJobsOptions>;
  /** Shared by nodes of one process; each its own on a server. */
  readonly locks?: RunLocks;
}

/** A registry, and a node that follows it into a database. Disposing leaves the database. */
export class SyncWorld implements AsyncDisposable {
  readonly failures: unknown[] = [];
  readonly locks: RunLocks;
  readonly runner: SyncRunner;

  constructor(
    readonly database: Database,
    readonly registry: FakeSyncRegistry = FakeSyncRegistry.start(),
    { limits: own = {}, jobs = {}, locks = createRunLocks(database) }: SyncWorldOptions = {},
  ) {
    const limits = { ...DEFAULT_SYNC_LIMITS, ...QUICK, ...own };
    const target = { url: new URL(this.registry.url) };
    this.locks = locks;
    this.runner = new SyncRunner({
      ...{ database, locks },
      jobs: createJobs({
        ...{ npm: { registryFor: () => target }, readDeclared, limits },
        changesUrl: `${this.registry.url}_changes`,
        changesSince: "0",
        downloadsUrl: this.registry.url,
        githubApiUrl: this.registry.url,
        githubToken: undefined,
        ...jobs,
      }),
      onFailure: (error) => this.failures.push(error),
    });
  }

  /** Runs a job to its end. */
  async run(job: SyncJob): Promise<SyncCounts> {
    return await (await this.runner.start(job)).done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runner[Symbol.asyncDispose]();
    await this.registry[Symbol.asyncDispose]();
  }
}

/** Pauses as short as can be. */
const QUICK = { attempts: 2, firstPauseMs: 1, longestPauseMs: 20 };
