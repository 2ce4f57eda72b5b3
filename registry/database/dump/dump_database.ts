import type { AnySql, Database } from "../database.ts";
import { appliedMigrations } from "../migrate.ts";
import { DUMP_FORMAT, type DumpProgress, TEXT_SETTINGS } from "./dump_format.ts";
import { type TableShape, tableShapes } from "./table_shape.ts";

/** Options of {@linkcode dumpDatabase}. */
export interface DumpOptions {
  /** Takes whole lines, one or more at a time. */
  readonly write: (text: string) => void | Promise<void>;
  readonly onProgress?: (progress: DumpProgress) => void;
}

const ROWS_AT_ONCE = 200;

/**
 * Writes all rows of one moment as lines of JSON that restore on either kind of database. Holds a few
 * rows in memory. What it writes contains everything that the database does: keep it as safe.
 * @returns How many rows there are.
 */
export async function dumpDatabase(
  database: Pick<Database, "sql">,
  options: DumpOptions,
): Promise<number> {
  const line = (value: unknown) => options.write(`${JSON.stringify(value)}\n`);
  return await database.sql.begin("isolation level repeatable read read only", async (tx) => {
    for (const [name, value] of Object.entries(TEXT_SETTINGS)) {
      await tx`select set_config(${name}, ${value}, true)`;
    }
    const applied = await appliedMigrations(tx);
    await line({
      ...{ airlock: "dump", format: DUMP_FORMAT },
      createdAt: new Date().toISOString(),
      migrations: applied.map(({ name }) => name),
    });
    let rows = 0;
    for (const table of await tableShapes(tx)) {
      await line({ table: table.name, columns: table.columns.map(({ name }) => name) });
      for await (const batch of rowsOf(tx, table)) {
        rows += batch.length;
        await options.write(batch.map(({ row }) => `${row}\n`).join(""));
        options.onProgress?.({ table: table.name, rows });
      }
    }
    await line({ end: true, rows });
    return rows;
  });
}

/** The database makes the lines, so no value passes through a type of this language. */
function rowsOf(sql: AnySql, table: TableShape): AsyncIterable<{ readonly row: string }[]> {
  const texts = table.columns.map(({ name }, index) =>
    index === 0 ? sql`${sql(name)}::text` : sql`, ${sql(name)}::text`
  );
  return sql<{ row: string }[]>`
    select json_build_array(${texts})::text as row from ${sql(table.name)}`.cursor(ROWS_AT_ONCE);
}
