import { AirlockError } from "../../../spec/errors.ts";
import type { AnySql, Database } from "../database.ts";
import { appliedMigrations, migrate, type MigrateOptions } from "../migrate.ts";
import { dumpEnd, dumpHeader, type DumpProgress, dumpTable, TEXT_SETTINGS } from "./dump_format.ts";
import { suspendChecks } from "./suspend_checks.ts";
import { type TableShape, tableShapes } from "./table_shape.ts";

/** Options of {@linkcode restoreDatabase}. */
export interface RestoreOptions {
  /** Of a dump. */
  readonly lines: AsyncIterable<string>;
  /** Replaces what is in the database. */
  readonly force?: boolean;
  readonly onProgress?: (progress: DumpProgress) => void;
  readonly migrations?: MigrateOptions;
}

const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 1_000_000;

/**
 * Fills a database from a dump: all of it, in one transaction, or nothing. A new database gets the
 * schema that the dump is of, and is brought to the program's afterwards.
 * @returns How many rows there are.
 * @throws {AirlockError} `conflict` when the database has rows and `force` is not given, or has
 * another schema than the dump; `invalid_input` when the dump is not whole.
 */
export async function restoreDatabase(
  database: Pick<Database, "sql">,
  options: RestoreOptions,
): Promise<number> {
  const lines = options.lines[Symbol.asyncIterator]();
  const { migrations } = parseLine(await nextLine(lines), dumpHeader.safeParse);
  const isNew = (await appliedMigrations(database.sql)).length === 0;
  if (isNew) await migrate(database, { ...options.migrations, upTo: migrations.at(-1) });
  await requireSameSchema(database, { ...options, migrations });
  const rows = await database.sql.begin(async (tx) => {
    for (const [name, value] of Object.entries(TEXT_SETTINGS)) {
      await tx`select set_config(${name}, ${value}, true)`;
    }
    const tables = await tableShapes(tx);
    if (!isNew && !options.force) await requireEmpty(tx, tables);
    const checks = await suspendChecks(tx, tables);
    // A migration may have put rows there.
    for (const { name } of tables) await tx`delete from ${tx(name)}`;
    const count = await load(tx, { ...options, lines, tables });
    await checks.resume();
    return count;
  });
  await migrate(database, options.migrations);
  return rows;
}

async function load(
  tx: AnySql,
  options: Pick<RestoreOptions, "onProgress"> & {
    readonly lines: AsyncIterator<string>;
    readonly tables: readonly TableShape[];
  },
): Promise<number> {
  const { lines, tables, onProgress } = options;
  let into: TableShape | undefined;
  let batch: string[] = [];
  let characters = 0;
  let rows = 0;
  const flush = async () => {
    if (into === undefined || batch.length === 0) return;
    await insertRows(tx, { into, batch });
    onProgress?.({ table: into.name, rows });
    [batch, characters] = [[], 0];
  };
  while (true) {
    const line = await nextLine(lines);
    if (line.startsWith("[")) {
      batch.push(line);
      characters += line.length;
      rows++;
      if (batch.length >= BATCH_ROWS || characters >= BATCH_CHARACTERS) await flush();
      continue;
    }
    await flush();
    const end = dumpEnd.safeParse(parseJson(line));
    if (!end.success) into = shapeOf(parseLine(line, dumpTable.safeParse), tables);
    else if (end.data.rows === rows) return rows;
    else throw notWhole();
  }
}

async function insertRows(
  tx: AnySql,
  { into, batch }: { readonly into: TableShape; readonly batch: readonly string[] },
): Promise<void> {
  const values = into.columns.map(({ type }, index) =>
    tx`${tx.unsafe(index === 0 ? "" : ", ")} cast(r ->> ${index}::int as ${tx.unsafe(type)})`
  );
  await tx`
    insert into ${tx(into.name)} (${tx(into.columns.map(({ name }) => name))})
    overriding system value
    select ${values} from json_array_elements(${`[${batch.join(",")}]`}::text::json) r`;
}

/** Names and types are the database's own: of the dump only which of them, and in which order. */
function shapeOf(
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  tables: readonly TableShape[],
): TableShape {
  const known = tables.find(({ name }) => name === table);
  const found = columns.map((wanted) => known?.columns.find(({ name }) => name === wanted));
  const all = found.filter((column) => column !== undefined);
  if (known !== undefined && all.length === columns.length) return { name: table, columns: all };
  throw new AirlockError("invalid_input", `Restoring: this schema has no such table: ${table}`, {
    suggestion: "The file was changed, or is of a database that others have changed.",
  });
}

async function requireSameSchema(
  database: Pick<Database, "sql">,
  options: { readonly migrations: readonly string[] },
): Promise<void> {
  const applied = (await appliedMigrations(database.sql)).map(({ name }) => name);
  if (applied.join() === options.migrations.join()) return;
  const [dump, here] = [options.migrations.at(-1) ?? "nothing", applied.at(-1) ?? "nothing"];
  throw new AirlockError("conflict", `Restoring: the dump ends at migration ${dump}, not ${here}`, {
    suggestion: "Restore into a new database: it gets the dump's schema first, and then the " +
      "program's. A dump of a newer program needs that program.",
  });
}

async function requireEmpty(tx: AnySql, tables: readonly TableShape[]): Promise<void> {
  for (const { name } of tables) {
    const [row] = await tx`select from ${tx(name)} limit 1`;
    if (row === undefined) continue;
    throw new AirlockError("conflict", `Restoring: the database has rows, in ${name} for one`, {
      suggestion: "Restore into a new database, or give --force to lose what is in this one.",
    });
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw notWhole();
  return value;
}

function notWhole(cause?: unknown): AirlockError {
  return new AirlockError("invalid_input", "Restoring: the file is not a whole dump", {
    suggestion: "Nothing was changed. Write it again with `airlock db dump`.",
    cause,
  });
}

function parseLine<T>(
  line: string,
  parse: (value: unknown) => { readonly success: boolean; readonly data?: T },
): T {
  const { data } = parse(parseJson(line));
  if (data === undefined) throw notWhole();
  return data;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw notWhole(cause);
  }
}
