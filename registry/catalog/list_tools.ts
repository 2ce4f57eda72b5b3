import type { Sql } from "../database/database.ts";
import { readCursor, writeCursor } from "./page_cursor.ts";
import { planForValues } from "./plan_for_values.ts";
import { inScope, type ToolScope } from "./tool_filter.ts";
import {
  type Page,
  summaryColumns,
  type ToolRow,
  type ToolSummary,
  toolSummary,
} from "./tool_summary.ts";

/** Which page of which tools. */
export interface ListToolsOptions extends ToolScope {
  /** At most so many items. */
  readonly limit: number;
  readonly cursor?: string;
}

/** Longest time of one listing. */
const TIMEOUT_MS = 5_000;

/**
 * Lists tools, the most popular first.
 * @throws {AirlockError} `invalid_input` for a cursor that is none.
 */
export async function listTools(sql: Sql, options: ListToolsOptions): Promise<Page<ToolSummary>> {
  const { limit } = options;
  const after = options.cursor === undefined ? undefined : readCursor(options.cursor);
  const rows = await sql.begin("read only", async (tx) => {
    // Sent together: what is planned comes after how to plan.
    const [, found] = await Promise.all([
      planForValues(tx, TIMEOUT_MS),
      tx<ToolRow[]>`
        with page as materialized (
          select id from tool
          where ${inScope(tx, options)}
            ${
        after === undefined ? tx`` : tx`and (popularity, id) < (${after.key}::real, ${after.id})`
      }
          order by popularity desc, id desc
          limit ${limit + 1}
        )
        select ${summaryColumns(tx)} from page join tools using (id)
        order by popularity desc, id desc`,
    ]);
    return found;
  });
  const items = rows.slice(0, limit).map(toolSummary);
  const last = items.at(-1);
  const nextCursor = rows.length > limit && last !== undefined
    ? writeCursor({ key: last.popularity, id: last.id })
    : null;
  return { items, nextCursor };
}
