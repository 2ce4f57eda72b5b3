import type { Sql } from "../../registry/database/database.ts";

/** How long lines of the log and sums by the hour are kept. */
export const CALL_RETENTION_DAYS = 30;

/** Lines removed by one statement: short enough that nobody waits for it. */
const BATCH_ROWS = 5_000;

/**
 * Removes lines of the log that are old, and sums by the hour with them. On several nodes at once it
 * is done once. Stops between two batches when `signal` aborts; what is left is removed next time.
 * @returns how many lines were removed.
 */
export async function purgeCalls(
  sql: Sql,
  { signal, batchRows = BATCH_ROWS }: { readonly signal: AbortSignal; readonly batchRows?: number },
): Promise<number> {
  let removed = 0;
  while (!signal.aborted) {
    // Rows that another node removes at this moment are passed over.
    const { count } = await sql`
      delete from call_log where id in (
        select id from call_log
        where at < now() - make_interval(days => ${CALL_RETENTION_DAYS})
        order by at limit ${batchRows} for update skip locked)`;
    removed += count;
    if (count < batchRows) break;
  }
  await sql`
    delete from usage_record where hour < now() - make_interval(days => ${CALL_RETENTION_DAYS})`;
  return removed;
}
