import type { AnySql, Sql } from "../database/database.ts";
import { newId } from "../database/new_id.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { SyncCounts, SyncJob } from "./sync_job.ts";

/** Whether and where a run begins. */
export interface BegunRun {
  readonly id: string;
  readonly position: JsonValue;
}

/** What keeps a run from beginning now. */
export interface NotYet {
  /** `asked`: the other side wants to be left alone. `early`: somebody ran it lately. */
  readonly reason: "asked" | "early";
  readonly waitMs: number;
}

/** Lines are kept for so long. */
const KEPT_DAYS = 30;

/** Longest pause between runs that fail, where the usual one is not longer. */
const MAX_PAUSE_MS = 3_600_000;

/**
 * Begins a run, whose lock is held: writes its line, ends those of runs that never came to their end.
 * With `intervalMs`, not before that time has gone by since the last one, or more where runs fail.
 */
export async function beginRun(
  sql: Sql,
  job: SyncJob,
  { intervalMs }: { readonly intervalMs?: number } = {},
): Promise<BegunRun | NotYet> {
  return await sql.begin(async (tx) => {
    const [row] = await tx<
      { position: JsonValue; failures: number; since_ms: number | null; asked_ms: number | null }[]
    >`
      insert into sync_checkpoint (job) values (${job})
      on conflict (job) do update set job = excluded.job
      returning position, failures,
        extract(epoch from now() - started_at)::float8 * 1000 as since_ms,
        extract(epoch from not_before - now())::float8 * 1000 as asked_ms`;
    const { position, failures, since_ms: sinceMs, asked_ms: askedMs } = row!;
    if (askedMs !== null && askedMs > 0) return { reason: "asked", waitMs: askedMs };
    const dueMs = pauseMs(intervalMs ?? 0, failures);
    if (sinceMs !== null && sinceMs < dueMs) return { reason: "early", waitMs: dueMs - sinceMs };
    await tx`
      update sync_log set ended_at = now(), error = 'the process ended'
      where job = ${job} and ended_at is null`;
    const id = newId("run");
    await tx`insert into sync_log (id, job) values (${id}, ${job})`;
    await tx`
      update sync_checkpoint set run_id = ${id}, started_at = now(), not_before = null
      where job = ${job}`;
    return { id, position };
  });
}

function pauseMs(intervalMs: number, failures: number): number {
  const doubledMs = intervalMs * 2 ** Math.min(failures, 20);
  return Math.max(intervalMs, Math.min(doubledMs, MAX_PAUSE_MS));
}

/** Moves the position, with the counts that stand for it. @returns Whether the run may still. */
export async function advanceRun(
  tx: AnySql,
  { id, position, counts }: {
    readonly id: string;
    readonly position: JsonValue;
    readonly counts: SyncCounts;
  },
): Promise<boolean> {
  const moved = await tx`
    update sync_checkpoint set
      position = ${tx.json(position)}, updated_at = now()
    where run_id = ${id}`;
  await tx`
    update sync_log set seen = seen + ${counts.seen}, recorded = recorded + ${counts.recorded},
      failed = failed + ${counts.failed}
    where id = ${id}`;
  return moved.count === 1;
}

/** Ends a run, well or not, and forgets lines that are old. */
export async function endRun(
  sql: Sql,
  { id, job, error, isFailure, notBeforeMs }: {
    readonly id: string;
    readonly job: SyncJob;
    readonly error: string | null;
    /** Whether the next one is to come later than usual. */
    readonly isFailure: boolean;
    /** How long the other side asked to be left alone. */
    readonly notBeforeMs: number | undefined;
  },
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update sync_log set ended_at = now(), error = ${error} where id = ${id}`;
    await tx`
      update sync_checkpoint set
        failures = ${isFailure ? tx`failures + 1` : 0},
        not_before = now() + ${notBeforeMs ?? null}::float8 * interval '1 millisecond'
      where job = ${job} and run_id = ${id}`;
    await tx`
      delete from sync_log
      where job = ${job} and started_at < now() - ${KEPT_DAYS} * interval '1 day'`;
  });
}
