import type { TransactionSql } from "postgres";
import type { Sql } from "../database/database.ts";
import { type PagePosition, readCursor, writeCursor } from "./page_cursor.ts";
import { planForValues } from "./plan_for_values.ts";
import { rankTools, type ScoredRow } from "./rank_tools.ts";
import {
  type NearWords,
  nearWords,
  SEARCH_WAYS,
  searchQuery,
  type SearchWay,
} from "./search_query.ts";
import { queryWords } from "./split_words.ts";
import type { ToolScope } from "./tool_filter.ts";
import { type Page, type ToolSummary, toolSummary } from "./tool_summary.ts";

/** What is looked for. */
export interface SearchToolsOptions extends ToolScope {
  readonly query: string;
  /** At most so many items. */
  readonly limit: number;
  readonly cursor?: string;
}

/** A page of what was found, and how it was found. */
export interface FoundTools extends Page<ToolSummary> {
  readonly match: SearchWay;
}

/** Longest time of one search. */
const TIMEOUT_MS = 5_000;

/**
 * Looks for tools by their words: in their names first, then in their packages', then in what they
 * say. Where nothing has all words, words that look like them are tried, then any of them.
 * @throws {AirlockError} `invalid_input` for a cursor that is none.
 */
export async function searchTools(sql: Sql, options: SearchToolsOptions): Promise<FoundTools> {
  const after = options.cursor === undefined ? undefined : readCursor(options.cursor);
  const words = queryWords(options.query);
  if (words.length === 0) return { items: [], nextCursor: null, match: "all" };
  return await sql.begin("read only", async (tx) => {
    // Sent together: what is planned comes after how to plan.
    const [, { rows, match }] = await Promise.all([
      planForValues(tx, TIMEOUT_MS),
      firstThatFinds(tx, { words, after, options }),
    ]);
    const items = rows.slice(0, options.limit).map(toolSummary);
    const last = rows[options.limit - 1];
    const nextCursor = rows.length > options.limit && last !== undefined
      ? writeCursor({ key: last.score, id: last.id, list: match })
      : null;
    return { items, nextCursor, match };
  });
}

interface Search {
  readonly words: readonly string[];
  readonly after: PagePosition | undefined;
  readonly options: SearchToolsOptions;
}

/** A later page is of the list that the first page was of. */
async function firstThatFinds(
  tx: TransactionSql,
  { words, after, options }: Search,
): Promise<{ readonly rows: readonly ScoredRow[]; readonly match: SearchWay }> {
  const begun = SEARCH_WAYS.find((way) => way === after?.list);
  let near: NearWords | undefined;
  for (const match of begun === undefined ? SEARCH_WAYS : [begun]) {
    if (match !== "all") near ??= await nearWords(tx, words);
    const text = match === "all" ? options.query.trim() : undefined;
    const query = searchQuery(match, { words, near });
    if (query === undefined) continue;
    const rows = await rankTools(tx, { ...options, text, query, after });
    if (rows.length > 0) return { rows, match };
  }
  return { rows: [], match: begun ?? "all" };
}
