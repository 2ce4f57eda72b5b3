import type postgres from "postgres";

/** Where the database is: a PostgreSQL server, or PGlite in a thread of this process. */
export type DatabaseKind = "postgres" | "pglite";

/**
 * Tagged templates of postgres.js. Values are parameters, never text of the statement. `int8` and
 * `numeric` arrive as strings (cast with `::int` or `::float8` where they fit), `timestamptz` as
 * `Date`, `jsonb` as values: give them as `sql.json(value)`.
 */
export type Sql = postgres.Sql;

/** What works on its own and inside `sql.begin`: for queries that may be a part of a transaction. */
export type AnySql = postgres.ISql;

/** How the database is at this moment. Holds no address and no message of a driver. */
export interface DatabaseHealth {
  readonly kind: DatabaseKind;
  /** `idle`: it is opened by the first query. */
  readonly state: "ok" | "idle" | "starting" | "down";
  /** Of one round trip; `null` where there was none. */
  readonly latencyMs: number | null;
  /** What is wrong and what happens next; `null` where nothing is. */
  readonly problem: string | null;
}

/** A database that is opened by the first query, until it is open. */
export interface DatabaseSleep {
  /** Whether no query was answered yet, so that one would have to wait. */
  isAsleep(): boolean;
  /**
   * Whether nobody can have an account, a key or a secret in it, as is known without opening it. Never
   * rejects.
   */
  hasNobody(): Promise<boolean>;
  /**
   * Opens it, and resolves when queries are answered.
   * @throws {AirlockError} what the last attempt failed with.
   */
  open(): Promise<void>;
}

/**
 * A database that all queries go through. SQL stays within what PostgreSQL 15 understands.
 *
 * PGlite has one backend: inside `sql.begin((tx) => …)` use `tx` only. The outer `sql` would wait for
 * the transaction that waits for it, until the transaction's idle limit ends both. All of its
 * connections are one session: `set local`, never `set`.
 *
 * Disposing lets running queries end, for a bounded time.
 */
export interface Database extends AsyncDisposable {
  readonly kind: DatabaseKind;
  readonly sql: Sql;
  /**
   * Hears what is said on a channel by whoever uses the database, until disposed; best effort. Opens no
   * database that waits for its first query.
   */
  hear(channel: string, onNotice: (payload: string) => void): AsyncDisposable;
  /** Absent where the first query waits for no opening. */
  readonly sleep?: DatabaseSleep;
  /** Never rejects, and answers within two seconds. */
  health(): Promise<DatabaseHealth>;
}
