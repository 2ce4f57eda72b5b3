import type { ReservedSql } from "postgres";
import { AirlockError } from "../../spec/errors.ts";
import type { Database } from "../database/database.ts";
import type { SyncJob } from "./sync_job.ts";

/** Held while a job runs. */
export interface RunLock extends AsyncDisposable {
  /** Aborts when the lock is no longer certain, as the connection that holds it was lost. */
  readonly lost: AbortSignal;
}

/** Lets one of all nodes run a job. */
export interface RunLocks {
  /** `undefined` where somebody else holds it. */
  take(job: SyncJob): Promise<RunLock | undefined>;
}

/** "sync" in ASCII: the first key of all locks of jobs. */
const LOCK_CLASS = 0x73796e63;

/** Connections on which nothing is heard are ended; this is well before. */
const HEARTBEAT_MS = 10_000;

/** Longest time to answer on the connection of a lock. */
const ANSWER_MS = 5_000;

/**
 * Locks on that database. A server's are its sessions': whoever dies lets go. PGlite is one session
 * in one process, so there it is this object that holds them.
 */
export function createRunLocks(
  database: Pick<Database, "kind" | "sql">,
  { heartbeatMs = HEARTBEAT_MS }: { readonly heartbeatMs?: number } = {},
): RunLocks {
  return database.kind === "pglite" ? new LocalLocks() : new SessionLocks(database, heartbeatMs);
}

class LocalLocks implements RunLocks {
  readonly #held = new Set<SyncJob>();

  take(job: SyncJob): Promise<RunLock | undefined> {
    if (this.#held.has(job)) return Promise.resolve(undefined);
    this.#held.add(job);
    return Promise.resolve({
      lost: new AbortController().signal,
      [Symbol.asyncDispose]: () => Promise.resolve(void this.#held.delete(job)),
    });
  }
}

class SessionLocks implements RunLocks {
  readonly #database: Pick<Database, "sql">;
  readonly #heartbeatMs: number;

  constructor(database: Pick<Database, "sql">, heartbeatMs: number) {
    this.#database = database;
    this.#heartbeatMs = heartbeatMs;
  }

  async take(job: SyncJob): Promise<RunLock | undefined> {
    const session = await this.#database.sql.reserve();
    try {
      const [row] = await session<{ pid: number; taken: boolean }[]>`
        select pg_backend_pid() as pid, pg_try_advisory_lock(${LOCK_CLASS}, hashtext(${job})) as taken`;
      if (row?.taken === true) {
        return held(session, { job, pid: row.pid, heartbeatMs: this.#heartbeatMs });
      }
    } catch (error) {
      session.release();
      throw error;
    }
    session.release();
    return undefined;
  }
}

function held(
  session: ReservedSql,
  { job, pid, heartbeatMs }: {
    readonly job: SyncJob;
    readonly pid: number;
    readonly heartbeatMs: number;
  },
): RunLock {
  const lost = new AbortController();
  // Asked on a connection that has ended, the driver may never answer.
  const isSame = async (asked: Promise<readonly { pid: number }[]>) =>
    (await withinMs(asked, ANSWER_MS))?.[0]?.pid === pid;
  let checking: Promise<void> | undefined;
  const check = async () => {
    const asked = session<{ pid: number }[]>`select pg_backend_pid() as pid`;
    // Another session does not have the lock of the first.
    if (!await isSame(asked)) lost.abort(lostLock());
    checking = undefined;
  };
  const timer = setInterval(() => checking ??= check(), heartbeatMs);
  return {
    lost: lost.signal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await checking;
      // What has ended is with the pool already: given back, it would be used as if it were open.
      if (lost.signal.aborted) return;
      const unlocked = session<{ pid: number }[]>`
        select pg_backend_pid() as pid, pg_advisory_unlock(${LOCK_CLASS}, hashtext(${job}))`;
      if (await isSame(unlocked)) session.release();
    },
  };
}

/** What it resolves to; `undefined` where it does not in time, or fails. */
async function withinMs<T>(asked: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([asked.catch(() => undefined), promise]);
  } finally {
    clearTimeout(timer);
  }
}

function lostLock(): AirlockError {
  return new AirlockError("upstream_failed", "sync: the lock was lost with its connection", {
    stage: "store",
    suggestion: "It goes on at its next turn, where it was.",
  });
}
