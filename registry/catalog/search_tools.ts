import type { TransactionSql } from "postgres";
import type { Sql } from "../database/database.ts";
import { type PagePosition, readCursor, writeCursor } from "./page_cursor.ts";
import { planForValues } from "./plan_for_values.ts";
import { type RankedTool, rankTools } from "./rank_tools.ts";
import {
  type NearWords,
  nearWords,
  SEARCH_WAYS,
  searchQuery,
  type SearchWay,
} from "./search_query.ts";
import { queryWords } from "./split_words.ts";
import type { ToolScope } from "./tool_filter.ts";
import {
  type Page,
  summaryColumns,
  type ToolRow,
  type ToolSummary,
  toolSummary,
} from "./tool_summary.ts";

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
  const { ranked, match } = await sql.begin("read only", async (tx) => {
    // Sent together: what is planned comes after how to plan.
    const [, found] = await Promise.all([
      planForValues(tx, TIMEOUT_MS),
      firstThatFinds(tx, { words, after, options }),
    ]);
    return found;
  });
  const shown = ranked.slice(0, options.limit);
  const last = shown.at(-1);
  const nextCursor = ranked.length > options.limit && last !== undefined
    ? writeCursor({ key: last.score, id: last.id, list: match })
    : null;
  return { items: await summaries(sql, { ranked: shown, options }), nextCursor, match };
}

/** In the same order. Outside of the transaction, where its plan is made once. */
async function summaries(
  sql: Sql,
  { ranked, options }: {
    readonly ranked: readonly RankedTool[];
    readonly options: SearchToolsOptions;
  },
): Promise<readonly ToolSummary[]> {
  if (ranked.length === 0) return [];
  const rows = await sql<ToolRow[]>`
    select ${summaryColumns(sql)} from tools
    where id = any(${ranked.map(({ id }) => id)}::text[]) and (${options.visible})`;
  const found = new Map(rows.map((row) => [row.id, row]));
  return ranked.flatMap(({ id }) => {
    const row = found.get(id);
    // Removed, or hidden, since it was ranked.
    return row === undefined ? [] : [toolSummary(row)];
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
): Promise<{ readonly ranked: readonly RankedTool[]; readonly match: SearchWay }> {
  const begun = SEARCH_WAYS.find((way) => way === after?.list);
  const typed = options.query.trim();
  // No name has a space in it.
  const namesake = /\s/.test(typed) ? undefined : typed;
  const rank = (match: SearchWay, near?: NearWords) => {
    const text = match === "all" ? namesake : undefined;
    const query = searchQuery(match, { words, near });
    return query === undefined ? [] : rankTools(tx, { ...options, text, query, after });
  };
  if (begun === undefined || begun === "all") {
    const ranked = await rank("all");
    if (ranked.length > 0 || begun === "all") return { ranked, match: "all" };
  }
  const near = await nearWords(tx, words);
  if (begun !== undefined) return { ranked: await rank(begun, near), match: begun };
  // Sent together: what has none of all words seldom has something like each of them.
  const [similar, any] = await Promise.all([rank("similar", near), rank("any", near)]);
  if (similar.length > 0) return { ranked: similar, match: "similar" };
  return { ranked: any, match: any.length > 0 ? "any" : "all" };
}
