import type { AnySql } from "../database.ts";
import type { TableShape } from "./table_shape.ts";

/**
 * Lets rows of tables come in any order, within a transaction: takes foreign keys and triggers away.
 * `resume()` puts them back, which checks every row, and lets sequences go on after the largest
 * value. An owner of the tables may do that; nobody has to be a superuser.
 */
export async function suspendChecks(
  tx: AnySql,
  tables: readonly TableShape[],
): Promise<{ resume(): Promise<void> }> {
  const names = tables.map(({ name }) => name);
  const keys = await tx<{ table: string; name: string; definition: string }[]>`
    select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and k.conparentid = 0
      and c.relnamespace = current_schema()::regnamespace and c.relname = any(${names})`;
  for (const { table, name } of keys) {
    await tx`alter table ${tx(table)} drop constraint ${tx(name)}`;
  }
  for (const name of names) await tx`alter table ${tx(name)} disable trigger user`;
  return {
    async resume() {
      for (const { table, name, definition } of keys) {
        await tx`alter table ${tx(table)} add constraint ${tx(name)} ${tx.unsafe(definition)}`;
      }
      for (const name of names) await tx`alter table ${tx(name)} enable trigger user`;
      await advanceSequences(tx, names);
    },
  };
}

async function advanceSequences(tx: AnySql, names: readonly string[]): Promise<void> {
  const owned = await tx<{ table: string; column: string; sequence: string }[]>`
    select * from (
      select c.relname as table, a.attname as column,
        pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = current_schema()::regnamespace and c.relname = any(${names})
    ) found where sequence is not null`;
  for (const { table, column, sequence } of owned) {
    await tx`
      select setval(${sequence}::regclass, greatest(max(${tx(column)}), 1), count(*) > 0)
      from ${tx(table)}`;
  }
}
