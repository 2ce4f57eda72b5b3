import type { TransactionSql } from "postgres";
import type { Sql } from "../database/database.ts";
import type { JsonValue } from "../../spec/json.ts";

/** What keeps the catalog like its registry, each by itself. */
export const SYNC_JOBS = ["changes", "keyword", "metrics", "stats-snapshot", "probe"] as const;

/** One of {@linkcode SYNC_JOBS}. */
export type SyncJob = typeof SYNC_JOBS[number];

/** What a run did so far. */
export interface SyncCounts {
  /** Things looked at. */
  readonly seen: number;
  /** Of these, things that were new and are stored now. */
  readonly recorded: number;
  /** Of these, things that could not be read. */
  readonly failed: number;
}

/** One run of a job, as the job sees it. */
export interface SyncRun {
  /** Not inside of {@linkcode commit}. */
  readonly sql: Sql;
  /** Aborts when the run is to end; what is committed stays. */
  readonly signal: AbortSignal;
  /** How far the job is; `null` for the start. */
  readonly position: JsonValue;
  /**
   * Stores rows together with the position and the counts that stand for them, or nothing.
   * `work` may be called again when another transaction was in the way.
   * @throws {AirlockError} `conflict` when another run has taken over.
   */
  commit(position: JsonValue, work: (tx: TransactionSql) => Promise<SyncCounts>): Promise<void>;
}

/** What a run of a job does. Resolves when there is nothing left to do for now. */
export type RunJob = (run: SyncRun) => Promise<void>;

/** Nothing happened. */
export const NO_COUNTS: SyncCounts = { seen: 0, recorded: 0, failed: 0 };
