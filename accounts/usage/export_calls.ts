import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { csvLine } from "./csv_line.ts";
import { type CallFilter, type CallLine, listCalls } from "./list_calls.ts";

/** Formats that the log can be exported in. */
export const EXPORT_FORMATS = ["ndjson", "csv"] as const;

/** One of {@linkcode EXPORT_FORMATS}. */
export type ExportFormat = typeof EXPORT_FORMATS[number];

/** Calls read at once: what an export holds in memory. */
const PAGE_ROWS = 1_000;

const COLUMNS = [
  ...["id", "at", "via", "userId", "keyId", "collectionId", "agentId", "packageName", "version"],
  ...[
    "toolName",
    "source",
    "artifact",
    "runtime",
    "start",
    "outcome",
    "durationMs",
    "toolMs",
    "cache",
  ],
  ...["egressHosts", "egressBytes", "requestId", "params"],
] as const satisfies readonly (keyof CallLine)[];

/**
 * The log of the caller's account as text, newest first, page by page, so that its length does not
 * matter. CSV (RFC 4180) has a line of names first.
 */
export async function* exportCalls(
  sql: AnySql,
  caller: Caller,
  { filter, format }: { readonly filter: CallFilter; readonly format: ExportFormat },
): AsyncGenerator<string, void, undefined> {
  if (format === "csv") yield csvLine(COLUMNS);
  let after: string | undefined;
  for (;;) {
    const page = await listCalls(sql, caller, { filter, limit: PAGE_ROWS, after });
    if (page.length > 0) yield page.map((call) => lineOf(call, format)).join("");
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1)?.id;
  }
}

function lineOf(call: CallLine, format: ExportFormat): string {
  if (format === "ndjson") return `${JSON.stringify(call)}\n`;
  return csvLine(COLUMNS.map((column) => cellOf(call[column])));
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
