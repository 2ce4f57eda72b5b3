import type { Database, DatabaseKind } from "../../registry/database/database.ts";
import { migrate } from "../../registry/database/migrate.ts";
import { openDatabase } from "../../registry/database/open_database.ts";

const SERVER_URL = Deno.env.get("AIRLOCK_TEST_DATABASE_URL") ??
  "postgres://root@127.0.0.1:5432/postgres";

/** Why tests of a server cannot run; `undefined` where they can. */
const NO_SERVER = await whyNoServer();

/** Kinds of databases that tests can use here: with `CI=true` always both. */
export const TEST_DATABASE_KINDS: readonly DatabaseKind[] = NO_SERVER === undefined
  ? ["pglite", "postgres"]
  : ["pglite"];

/** Where one kind is enough: a server's database is there many times sooner. */
const QUICKEST_KIND: DatabaseKind = NO_SERVER === undefined ? "postgres" : "pglite";

/** Options of {@linkcode openSharedDatabase}. */
export interface TestDatabaseOptions {
  /** Leaves the database without the program's migrations. */
  readonly unmigrated?: boolean;
  /** After which an idle transaction is ended; as usual where absent. */
  readonly transactionIdleMs?: number;
}

/**
 * Registers a test twice, on PGlite and on a PostgreSQL server, each with an empty database of the
 * test's own that has the program's schema.
 */
export function testDatabase(
  name: string,
  fn: (db: Database, t: Deno.TestContext) => Promise<void>,
  options: TestDatabaseOptions = {},
): void {
  for (const kind of ["pglite", "postgres"] as const) {
    const reason = kind === "postgres" ? NO_SERVER : undefined;
    Deno.test({
      name: `${name} (${reason ?? kind})`,
      // Only where there is no server, which the name then says; with CI=true there has to be one.
      ignore: reason !== undefined,
      async fn(t) {
        await using database = await openSharedDatabase(kind, options);
        await fn(database, t);
      },
    });
  }
}

/**
 * An empty database with the program's schema that several tests may share: open it before all of
 * them, dispose it after all of them. Disposing a server's one drops it.
 */
export async function openSharedDatabase(
  kind: DatabaseKind = QUICKEST_KIND,
  options: TestDatabaseOptions = {},
): Promise<Database> {
  await using stack = new AsyncDisposableStack();
  const { transactionIdleMs } = options;
  const url = kind === "postgres" ? stack.use(await createServerDatabase()).url : undefined;
  const database = stack.use(
    await openDatabase({
      ...{ url, directory: undefined, transactionIdleMs },
      prepared: !options.unmigrated,
    }),
  );
  if (!options.unmigrated) await migrate(database);
  const owned = stack.move();
  return { ...database, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

/** An empty database on the tests' server. Disposing drops it, whoever still uses it. */
export async function createServerDatabase(): Promise<AsyncDisposable & { readonly url: string }> {
  const name = `airlock_test_${crypto.randomUUID().replaceAll("-", "")}`;
  await onServer((server) => server.sql`create database ${server.sql(name)}`);
  const url = new URL(SERVER_URL);
  url.pathname = name;
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      await onServer((server) => server.sql`drop database ${server.sql(name)} with (force)`);
    },
  };
}

async function onServer<T>(act: (server: Database) => Promise<T>): Promise<T> {
  await using server = await openDatabase({
    url: SERVER_URL,
    directory: undefined,
    connections: 1,
  });
  return await act(server);
}

async function whyNoServer(): Promise<string | undefined> {
  if (Deno.env.get("CI") === "true") return undefined;
  const { state } = await onServer((server) => server.health());
  return state === "ok" ? undefined : "postgres: no server at AIRLOCK_TEST_DATABASE_URL";
}
