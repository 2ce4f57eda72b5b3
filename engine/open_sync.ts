import type { Config, Environment } from "../config.ts";
import { loadNpmConfig } from "../registry/npm/npm_config.ts";
import { createJobs } from "../registry/sync/create_jobs.ts";
import { createRunLocks } from "../registry/sync/run_lock.ts";
import { type RunJob, SYNC_JOBS, type SyncJob } from "../registry/sync/sync_job.ts";
import { DEFAULT_SYNC_LIMITS, type SyncLimits } from "../registry/sync/sync_limits.ts";
import { SyncRunner } from "../registry/sync/sync_runner.ts";
import type { Database } from "../registry/database/database.ts";
import { LOCAL_TENANT } from "../spec/account.ts";
import type { Describer } from "../spec/description.ts";
import { readDeclared } from "./read_declared.ts";

/** What following a registry takes. */
export interface OpenSyncOptions {
  readonly environment: Environment;
  readonly database: Database;
  /** Looks into code; without one, packages are known by what their registry says only. */
  readonly describer?: Describer;
  /** Told of runs that failed, for the log. */
  readonly onFailure: (error: unknown, job: SyncJob) => void;
  readonly limits?: SyncLimits;
}

/** Runs jobs as configured. Starts none, and reads npm's configuration when the first one runs. */
export function openSync(config: Config, options: OpenSyncOptions): SyncRunner {
  const { environment, database, describer, onFailure, limits = DEFAULT_SYNC_LIMITS } = options;
  const { sync } = config;
  const isProbing = sync.probe && describer !== undefined;
  const create = async () =>
    createJobs({
      ...{ limits, readDeclared },
      npm: await loadNpmConfig({
        registry: config.npm.registry,
        env: Object.fromEntries(
          Object.entries(environment).filter((entry): entry is [string, string] =>
            entry[1] !== undefined
          ),
        ),
        home: environment.HOME ?? "/",
        cwd: Deno.cwd(),
      }),
      changesUrl: sync.changesUrl,
      changesSince: sync.changesSince,
      downloadsUrl: sync.downloadsUrl,
      githubApiUrl: sync.githubApiUrl,
      githubToken: sync.githubToken?.reveal(),
      ...(isProbing && {
        describe: (wanted, signal) =>
          describer.describe({ ...wanted, source: "npm" }, {
            ...{ tenant: LOCAL_TENANT, requestId: crypto.randomUUID(), signal },
          }),
      }),
    });
  let created: ReturnType<typeof create> | undefined;
  const jobs = SYNC_JOBS.filter((job) => job !== "probe" || isProbing)
    .map((job): [SyncJob, RunJob] => [job, async (run) => {
      // One of that cannot be read is read again the next time.
      created ??= create().catch((error: unknown) => {
        created = undefined;
        throw error;
      });
      await (await created)[job]?.(run);
    }]);
  const locks = createRunLocks(database);
  return new SyncRunner({ database, locks, jobs: Object.fromEntries(jobs), onFailure });
}
