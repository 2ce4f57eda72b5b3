import type { ToolSummary } from "../registry/catalog/tool_summary.ts";
import { formatTable } from "./format_table.ts";
import { printable } from "./printable.ts";

const DESCRIPTION_CHARACTERS = 60;

/** Tools as a table, one a line. */
export function toolTable(tools: readonly ToolSummary[]): string {
  const rows = tools.map((tool) => [
    tool.slug,
    printable(`${tool.packageName}@${tool.version}`),
    tool.visibility === "private" ? "private" : tool.health,
    printable(tool.description.replaceAll(/\s+/g, " ").slice(0, DESCRIPTION_CHARACTERS)),
  ]);
  return formatTable([["TOOL", "PACKAGE", "STATE", "DESCRIPTION"], ...rows]);
}
