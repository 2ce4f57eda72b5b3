import type { Fragment, TransactionSql } from "postgres";
import type { PagePosition } from "./page_cursor.ts";
import { inScope, type ToolScope } from "./tool_filter.ts";

/** One reading of a query. */
export interface RankOptions extends ToolScope {
  /** As it was typed: tools and packages of exactly this name come first, where it is given. */
  readonly text: string | undefined;
  /** For `to_tsquery`. */
  readonly query: string;
  readonly limit: number;
  readonly after: PagePosition | undefined;
}

/** Which tool, and how well it fits. */
export interface RankedTool {
  readonly id: string;
  readonly score: number;
}

/**
 * So many of the tools that fit, the most popular, are ranked, and no more are ever shown: what a
 * search costs is bounded however common its words are.
 */
export const MAX_CANDIDATES = 200;

/** Of exactly the name that was typed. */
const MAX_NAMESAKES = 50;

/**
 * The best first; one more than `limit`, where there are more. Nothing is joined: it is planned anew
 * each time, and to plan three joins takes longer than to rank a thousand tools.
 */
export async function rankTools(
  tx: TransactionSql,
  options: RankOptions,
): Promise<readonly RankedTool[]> {
  const { text, query, limit, after } = options;
  const scope = inScope(tx, options);
  return await tx<RankedTool[]>`
    with candidate as materialized (
      (
        select id, popularity, search, 0 as bonus from tool
        where ${scope} and search @@ to_tsquery('english', ${query})
        order by popularity desc, id desc limit ${MAX_CANDIDATES}
      ) ${text === undefined ? tx`` : namesakes(tx, { text, scope })}
    ), ranked as (
      -- Weights of D, C, B, A; 1: what is said at length counts less for each word.
      select id, max(
        bonus + 0.1 * popularity
        + 10 * ts_rank('{0.1, 0.2, 0.4, 1}', search, to_tsquery('english', ${query}), 1)
      )::float8 as score
      from candidate group by id
    )
    select id, score from ranked
    ${after === undefined ? tx`` : tx`where (score, id) < (${after.key}::float8, ${after.id})`}
    order by score desc, id desc limit ${limit + 1}`;
}

function namesakes(
  tx: TransactionSql,
  { text, scope }: { readonly text: string; readonly scope: Fragment },
): Fragment {
  return tx`union all (
      select id, popularity, search, 10 from tool
      where ${scope} and lower(name) = lower(${text}) limit ${MAX_NAMESAKES}
    ) union all (
      select id, popularity, search, 5 from tool
      where ${scope} and package_id in (select id from package where package.name = ${text})
      limit ${MAX_NAMESAKES}
    )`;
}
