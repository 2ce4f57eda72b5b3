import type { Backend } from "./backend.ts";
import { checkDatabase } from "./check_database.ts";
import { createSql } from "./create_sql.ts";
import type { Database, Sql } from "./database.ts";
import { hear } from "./hear.ts";
import type { DirectoryLock } from "./directory_lock.ts";
import { PgliteNotices } from "./pglite_notices.ts";

/** Which database, and how. */
export interface OpenDatabaseOptions {
  /** Of a PostgreSQL server; PGlite is used where absent. */
  readonly url: string | undefined;
  /** Of PGlite's files; in memory where absent. Not used with `url`. */
  readonly directory: string | undefined;
  /** A new database of PGlite's begins with the program's migrations, which takes less time. */
  readonly prepared?: boolean;
  /** After which an idle transaction is ended. */
  readonly transactionIdleMs?: number;
  /** Longest time of a statement on a server; `null` for any. */
  readonly statementMs?: number | null;
  /** Most connections to a server. */
  readonly connections?: number;
  /** PGlite is not used through a process that has its directory: that is refused. */
  readonly alone?: boolean;
}

/** Where an embedded database's notifications go; a server's are heard on a connection. */
export interface NoticeOptions {
  readonly notices: PgliteNotices;
}

const TRANSACTION_IDLE_MS = 30_000;
const STATEMENT_MS = 30_000;

/** A server ends a statement in time unless it has stopped: so much later it is taken for that. */
const SILENCE_AFTER_STATEMENT_MS = 10_000;

const CONNECTIONS = 10;

/** Turns are taken on PGlite, so more would only wait for one another. */
const PGLITE_CONNECTIONS = 4;

const END_TIMEOUT_SECONDS = 5;

/**
 * Opens a server's database, or one in this process, or one that a gateway has in its directory, through
 * that gateway. Loads only what that takes. A server is not connected to yet. Nothing is migrated but
 * what `prepared` brings.
 * @throws {AirlockError} `conflict` when another process uses the directory and lets nobody in.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const guest = options.alone ? undefined : await findGuestDatabase(options);
  if (guest !== undefined) return guest;
  await using stack = new AsyncDisposableStack();
  const notices = new PgliteNotices();
  const backend = stack.use(await openBackend({ ...options, notices }));
  const sql = sqlOver((address) => backend.connect(address), options);
  stack.defer(() => endSql(sql));
  const owned = stack.move();
  return {
    kind: backend.kind,
    sql,
    hear: hearOver((address) => backend.connect(address), { ...options, notices }),
    health: () => checkDatabase(sql, backend.kind),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/**
 * PGlite's database in a directory that another process has, used through that process; `undefined` where
 * none lets others in. Nothing is migrated.
 */
export async function findGuestDatabase(
  { url, directory, ...options }: OpenDatabaseOptions,
): Promise<Database | undefined> {
  if (url !== undefined || directory === undefined) return undefined;
  const { findGuestBackend } = await import("./guest_backend.ts");
  const backend = await findGuestBackend(directory);
  if (backend === undefined) return undefined;
  const { transactionIdleMs = TRANSACTION_IDLE_MS } = options;
  // Statements that are kept would be left behind in the other process.
  const common = { url, statementMs: null, transactionIdleMs, prepares: false };
  const { kind, connect } = backend;
  const sql = createSql({ ...common, connections: PGLITE_CONNECTIONS, connect });
  return {
    ...{ kind, sql },
    hear: (channel, onNotice) =>
      hear({
        ...{ channel, onNotice },
        connect: (told) => createSql({ ...common, connections: 1, connect, told }),
      }),
    health: () => checkDatabase(sql, kind),
    async [Symbol.asyncDispose]() {
      await endSql(sql);
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** What answers, before anybody speaks to it. With `lock`, the caller has the directory already. */
export async function openBackend(
  options: OpenDatabaseOptions & NoticeOptions,
  lock?: DirectoryLock,
): Promise<Backend> {
  if (options.url === undefined) {
    const { openPgliteBackend } = await import("./pglite_backend.ts");
    const { directory, prepared = false, transactionIdleMs = TRANSACTION_IDLE_MS } = options;
    const { notices } = options;
    return await openPgliteBackend({ directory, prepared, transactionIdleMs, notices, lock });
  }
  const { createServerBackend } = await import("./server_backend.ts");
  const { statementMs = STATEMENT_MS } = options;
  const silenceMs = statementMs === null ? null : statementMs + SILENCE_AFTER_STATEMENT_MS;
  return createServerBackend({ silenceMs });
}

/** Queries over connections to whatever was opened with the same options. */
export function sqlOver(connect: Backend["connect"], options: OpenDatabaseOptions): Sql {
  const { url, transactionIdleMs = TRANSACTION_IDLE_MS, statementMs = STATEMENT_MS } = options;
  const connections = url === undefined ? PGLITE_CONNECTIONS : options.connections ?? CONNECTIONS;
  return createSql({ url, connections, statementMs, transactionIdleMs, connect });
}

/** How notifications are heard on a connection to whatever was opened with the same options. */
export function hearOver(
  connect: Backend["connect"],
  options: OpenDatabaseOptions & NoticeOptions,
): Database["hear"] {
  const { url, transactionIdleMs = TRANSACTION_IDLE_MS, statementMs = STATEMENT_MS } = options;
  const { notices } = options;
  if (url === undefined) return (channel, onNotice) => notices.hear(channel, onNotice);
  return (channel, onNotice) =>
    hear({
      ...{ channel, onNotice },
      connect: (told) =>
        createSql({ url, connections: 1, statementMs, transactionIdleMs, connect, told }),
    });
}

/** Lets running queries end, for a bounded time. */
export function endSql(sql: Sql): Promise<void> {
  return sql.end({ timeout: END_TIMEOUT_SECONDS });
}
