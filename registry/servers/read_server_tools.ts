import type { AnySql } from "../database/database.ts";
import { type ServerToolRow, serverToolRow } from "./server_tool.ts";

/** Tools of servers, in the order in which their server lists them. */
export async function readServerTools(
  sql: AnySql,
  serverIds: readonly string[],
): Promise<readonly ServerToolRow[]> {
  if (serverIds.length === 0) return [];
  const rows = await sql`
    select * from mcp_server_tool where server_id = any(${[...serverIds]}::text[])
    order by server_id, position, id`;
  return rows.map((row) => serverToolRow.parse(row));
}
