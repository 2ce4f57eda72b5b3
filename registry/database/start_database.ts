import type { Backend, ServerAddress } from "./backend.ts";
import { checkDatabase } from "./check_database.ts";
import type { Database, DatabaseHealth } from "./database.ts";
import type { DirectoryLock } from "./directory_lock.ts";
import { migrate, type MigrateOptions } from "./migrate.ts";
import {
  endSql,
  hearOver,
  type NoticeOptions,
  openBackend,
  type OpenDatabaseOptions,
  sqlOver,
} from "./open_database.ts";
import { KeepTrying } from "./keep_trying.ts";
import { PgliteClaim } from "./pglite_claim.ts";
import { PgliteNotices } from "./pglite_notices.ts";

/** How a database is started. */
export interface StartDatabaseOptions extends OpenDatabaseOptions {
  readonly migrations?: MigrateOptions;
  /** Told of failures to open or to migrate, when they change, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/** PGlite is in this process. */
const NOWHERE: ServerAddress = { host: [], port: [] };

/** How long an answer to `health()` is good for: whoever may ask that often costs one query. */
const HEALTH_TTL_MS = 1_000;

/**
 * A database that is opened and migrated meanwhile: at once there for whoever starts, so nothing has
 * to wait for it. Its first queries wait until it is ready; while it cannot be opened they fail at
 * once, and opening it is tried again after growing pauses. PGlite is opened by the first query: its
 * directory is this process's from the start.
 */
export function startDatabase(wanted: StartDatabaseOptions): Database {
  const options = { ...wanted, notices: new PgliteNotices() };
  const kind = options.url === undefined ? "pglite" : "postgres";
  const { onFailure } = options;
  const connect: Backend["connect"] = async (address) => (await opening.value()).connect(address);
  const claim = kind === "pglite"
    ? new PgliteClaim(options.directory, {
      ...{ onFailure, notices: options.notices },
      connect: () => connect(NOWHERE),
    })
    : undefined;
  const opening = new KeepTrying(async () => {
    const backend = await openMigrated(options, await claim?.lock());
    claim?.wake();
    return backend;
  }, { onFailure, whenAsked: kind === "pglite" });
  const sql = sqlOver(connect, options);
  const health = async (): Promise<DatabaseHealth> => {
    if (opening.state === "done") return await checkDatabase(sql, kind);
    return {
      kind,
      latencyMs: null,
      ...stateOf(claim?.state === "done" ? opening : claim ?? opening),
    };
  };
  return {
    kind,
    sql,
    hear: hearOver(connect, options),
    ...claim && {
      sleep: {
        isAsleep: () => claim.isAsleep(),
        hasNobody: () => claim.hasNobody(),
        open: async () => void await opening.value(),
      },
    },
    health: keptFor(HEALTH_TTL_MS, health),
    async [Symbol.asyncDispose]() {
      opening.stop();
      await endSql(sql);
      await opening[Symbol.asyncDispose]();
      await claim?.[Symbol.asyncDispose]();
    },
  };
}

function stateOf(
  { state, problem }: Pick<KeepTrying<Backend>, "state" | "problem">,
): Pick<DatabaseHealth, "state" | "problem"> {
  if (state === "failed") return { state: "down", problem };
  return { state: state === "idle" ? "idle" : "starting", problem: null };
}

async function openMigrated(
  options: StartDatabaseOptions & NoticeOptions,
  lock: DirectoryLock | undefined,
): Promise<Backend> {
  await using stack = new AsyncDisposableStack();
  const backend = stack.use(
    await openBackend({ ...options, prepared: !options.migrations, statementMs: null }, lock),
  );
  const sql = sqlOver((address) => backend.connect(address), { ...options, statementMs: null });
  try {
    await migrate({ sql }, options.migrations);
  } finally {
    await endSql(sql);
  }
  if (backend.kind === "pglite") {
    stack.move();
    return backend;
  }
  // Migrations may take long; what comes after them has its deadlines.
  return await openBackend(options);
}

/** Callers within `ttlMs` of a question get its answer. */
function keptFor<T>(ttlMs: number, ask: () => Promise<T>): () => Promise<T> {
  let askedMs = -Infinity;
  let answer: Promise<T> | undefined;
  return () => {
    const nowMs = performance.now();
    if (answer === undefined || nowMs - askedMs > ttlMs) [askedMs, answer] = [nowMs, ask()];
    return answer;
  };
}
