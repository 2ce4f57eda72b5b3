import type { Fragment } from "postgres";
import type { RuntimeKind } from "../../spec/sandbox.ts";
import type { SourceKind } from "../../spec/tool.ts";
import type { AnySql } from "../database/database.ts";
import type { ToolHealth } from "./tool_summary.ts";

/** What tools must be to be listed. Absent parts let everything through. */
export interface ToolFilter {
  readonly category?: string;
  readonly source?: SourceKind;
  /** A kind of sandbox that can run them. */
  readonly runtime?: RuntimeKind;
  readonly health?: ToolHealth;
  readonly minPopularity?: number;
}

/** Which tools a reader is shown. */
export interface ToolScope {
  readonly filter: ToolFilter;
  /** A condition over `owner_id` and `visibility`: what this reader may see. */
  readonly visible: Fragment;
}

/** The condition over table `tool` that a scope stands for. */
export function inScope(sql: AnySql, { filter, visible }: ToolScope): Fragment {
  const { category, source, runtime, health, minPopularity } = filter;
  return sql`removed_at is null and (${visible})
    ${category === undefined ? sql`` : sql`and category = ${category}`}
    ${source === undefined ? sql`` : sql`and source = ${source}`}
    ${runtime === undefined ? sql`` : sql`and ${runtime} = any(runtimes)`}
    ${health === undefined ? sql`` : sql`and health = ${health}`}
    ${minPopularity === undefined ? sql`` : sql`and popularity >= ${minPopularity}`}`;
}
