import type { AnySql } from "../database/database.ts";
import { summaryColumns, type ToolRow, type ToolSummary, toolSummary } from "./tool_summary.ts";

/** The tools of a package, by name. Whoever asks has a right to all of it. */
export async function toolsOfPackage(
  sql: AnySql,
  { source, packageName }: { readonly source: string; readonly packageName: string },
): Promise<ToolSummary[]> {
  const rows = await sql<ToolRow[]>`
    select ${summaryColumns(sql)} from tools
    where source = ${source} and package_name = ${packageName} order by name`;
  return rows.map(toolSummary);
}
