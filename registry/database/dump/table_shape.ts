import type { AnySql } from "../database.ts";

/** A table as its rows are written down. */
export interface TableShape {
  readonly name: string;
  /** In order of the table; generated ones are left out, since the database makes them. */
  readonly columns: readonly ColumnShape[];
}

/** A column and how its text is read. */
export interface ColumnShape {
  readonly name: string;
  /** As in `cast(… as type)`. */
  readonly type: string;
}

/** The table in which a database keeps what it was migrated by. */
export const MIGRATION_TABLE = "schema_migration";

/** The tables of the current schema by name, without {@linkcode MIGRATION_TABLE}. */
export async function tableShapes(sql: AnySql): Promise<TableShape[]> {
  const rows = await sql<{ table: string; column: string; type: string }[]>`
    select c.relname as table, a.attname as column,
      format_type(a.atttypid, a.atttypmod) as type
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> ${MIGRATION_TABLE} and a.attgenerated = ''
      and not exists (
        select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by c.relname, a.attnum`;
  const byTable = Map.groupBy(rows, ({ table }) => table);
  return [...byTable].map(([name, columns]) => ({
    name,
    columns: columns.map(({ column, type }) => ({ name: column, type })),
  }));
}
