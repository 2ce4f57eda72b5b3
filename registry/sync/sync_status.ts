import type { AnySql } from "../database/database.ts";
import { SYNC_JOBS, type SyncJob } from "./sync_job.ts";

/** A run as its line in the log has it. */
export interface LoggedRun {
  readonly id: string;
  readonly startedAt: string;
  /** `null` while it is going on, or where its process ended. */
  readonly endedAt: string | null;
  readonly seen: number;
  readonly recorded: number;
  readonly failed: number;
  readonly error: string | null;
}

/** How a job is. */
export interface JobStatus {
  readonly job: SyncJob;
  /** Runs in a row that failed. */
  readonly failures: number;
  /** Until when the other side asked to be left alone. */
  readonly notBefore: string | null;
  readonly last: LoggedRun | null;
}

/** How following registries is. */
export interface SyncStatus {
  readonly jobs: readonly JobStatus[];
  /** Packages that are watched. */
  readonly watched: number;
  /** Packages that could not be read and wait for another attempt. */
  readonly waiting: number;
}

interface StatusRow {
  readonly job: string;
  readonly failures: number;
  readonly not_before: Date | null;
  readonly id: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly seen: number;
  readonly recorded: number;
  readonly failed: number;
  readonly error: string | null;
}

/** Reads how each job is and what its last run did. */
export async function readSyncStatus(sql: AnySql): Promise<SyncStatus> {
  const rows = await sql<StatusRow[]>`
    select sync_checkpoint.job, failures,
      case when not_before > now() then not_before end as not_before, last.*
    from sync_checkpoint left join lateral (
      select id, started_at, ended_at, seen, recorded, failed, error from sync_log
      where sync_log.job = sync_checkpoint.job order by started_at desc, id limit 1
    ) as last on true`;
  const [counts] = await sql<{ watched: number; waiting: number }[]>`
    select (select count(*)::int from watched_package) as watched,
      (select count(*)::int from sync_retry) as waiting`;
  const known = new Map(rows.map((row) => [row.job, row]));
  return { jobs: SYNC_JOBS.map((job) => statusOf(job, known.get(job))), ...counts! };
}

function statusOf(job: SyncJob, row: StatusRow | undefined): JobStatus {
  if (row === undefined) return { job, failures: 0, notBefore: null, last: null };
  const { failures, not_before: notBefore, id, seen, recorded, failed, error } = row;
  const last = id === null ? null : {
    ...{ id, seen, recorded, failed, error },
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
  return { job, failures, notBefore: notBefore?.toISOString() ?? null, last };
}
