import { AirlockError } from "../../spec/errors.ts";
import type { AnySql, Database } from "./database.ts";
import { type Migration, MIGRATIONS_DIRECTORY, readMigrations } from "./read_migrations.ts";

/** What a database's schema consists of. */
export interface MigrationState {
  /** Names, in order. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/** Options of {@linkcode migrate}. */
export interface MigrateOptions {
  /** Of the `.sql` files; the program's own where absent. */
  readonly directory?: string;
  /** Name of the last one to apply; all of them where absent. */
  readonly upTo?: string;
}

/** A migration that a database has. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** "airlock" in ASCII as one number: the key under which one process migrates at a time. */
const LOCK_KEY = "27419012907361131";

/**
 * Brings a database to the program's schema: all pending migrations in one transaction, or none of
 * them. Processes that start together wait for one another.
 * @returns The names of those that were applied now.
 * @throws {AirlockError} `conflict` when the database was migrated by other files than these.
 */
export async function migrate(
  database: Pick<Database, "sql">,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const migrations = await readMigrations(options.directory ?? MIGRATIONS_DIRECTORY);
  return await database.sql.begin(async (tx) => {
    await tx`select set_config('statement_timeout', '0', true)`;
    await tx`select pg_advisory_xact_lock(${LOCK_KEY}::bigint)`;
    await tx`
      create table if not exists schema_migration (
        number int primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`;
    const pending = upTo(options.upTo, pendingOf(migrations, await appliedRows(tx)));
    for (const { number, name, checksum, text } of pending) {
      await tx.unsafe(text);
      await tx`insert into schema_migration ${tx({ number, name, checksum })}`;
    }
    return pending.map(({ name }) => name);
  });
}

/**
 * What is applied and what is pending, without changing anything.
 * @throws {AirlockError} `conflict` as {@linkcode migrate}.
 */
export async function migrationState(
  database: { readonly sql: AnySql },
  options: MigrateOptions = {},
): Promise<MigrationState> {
  const migrations = await readMigrations(options.directory ?? MIGRATIONS_DIRECTORY);
  const applied = await appliedMigrations(database.sql);
  return {
    applied: applied.map(({ name }) => name),
    pending: pendingOf(migrations, applied).map(({ name }) => name),
  };
}

/** What a database was migrated by, in order, whatever this program has. */
export async function appliedMigrations(sql: AnySql): Promise<readonly AppliedMigration[]> {
  const [known] = await sql`select to_regclass('schema_migration') is not null as is_there`;
  return known?.is_there === true ? await appliedRows(sql) : [];
}

async function appliedRows(sql: AnySql): Promise<AppliedMigration[]> {
  return await sql<AppliedMigration[]>`
    select number, name, checksum from schema_migration order by number`;
}

function pendingOf(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const last = applied.at(-1);
  for (const { name, number, checksum } of applied) {
    const migration = known.get(name);
    if (migration === undefined) {
      const isNewer = number > (migrations.at(-1)?.number ?? -1);
      throw isNewer ? newer(name) : strange(`${name} was applied and is no longer there`);
    }
    if (migration.checksum !== checksum) {
      throw strange(`${name} was changed after it had been applied`);
    }
  }
  const names = new Set(applied.map(({ name }) => name));
  const pending = migrations.filter(({ name }) => !names.has(name));
  const late = pending.find(({ number }) => last !== undefined && number < last.number);
  if (late !== undefined && last !== undefined) {
    throw strange(`${late.name} comes before ${last.name}, which is applied already`);
  }
  return pending;
}

function upTo(last: string | undefined, pending: readonly Migration[]): readonly Migration[] {
  if (last === undefined) return pending;
  const index = pending.findIndex(({ name }) => name === last);
  if (index === -1) throw newer(last);
  return pending.slice(0, index + 1);
}

function newer(name: string): AirlockError {
  return new AirlockError(
    "conflict",
    `Migrating the database: it is newer than this program, which does not know ${name}`,
    { suggestion: "Start the version of Airlock that migrated it, or a later one." },
  );
}

function strange(state: string): AirlockError {
  return new AirlockError("conflict", `Migrating the database: migration ${state}`, {
    suggestion: "Use the files it was migrated with. A migration is never edited: a change is a " +
      "new one with a higher number.",
  });
}
