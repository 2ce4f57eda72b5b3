import type { AnySql } from "../database/database.ts";
import { readCursor, writeCursor } from "./page_cursor.ts";
import { readTool, type ReadToolOptions } from "./read_tool.ts";
import type { Page } from "./tool_summary.ts";

/** One version of the package that a tool is of. */
export interface ToolVersion {
  readonly version: string;
  readonly state: "building" | "ready" | "failed";
  /** Whether it is what a call without a version runs. */
  readonly isLatest: boolean;
  /** Whether it has the tool. */
  readonly hasTool: boolean;
  readonly integrity: string | null;
  readonly artifact: string | null;
  readonly publishedAt: string | null;
  /** When it was first seen here. */
  readonly createdAt: string;
}

interface VersionRow {
  readonly id: string;
  readonly version: string;
  readonly state: ToolVersion["state"];
  readonly is_latest: boolean;
  readonly has_tool: boolean;
  readonly integrity: string | null;
  readonly artifact_digest: string | null;
  readonly published_at: Date | null;
  readonly created_at: Date;
  readonly seen: number;
}

/**
 * The versions of a tool's package that are known, the last one seen first.
 * @throws {AirlockError} `tool_not_found`, `invalid_input` for a cursor that is none.
 */
export async function listVersions(
  sql: AnySql,
  options: ReadToolOptions & { readonly limit: number; readonly cursor?: string },
): Promise<Page<ToolVersion>> {
  const { limit, cursor } = options;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const { packageId, name } = await readTool(sql, options);
  const rows = await sql<VersionRow[]>`
    select * from (
      select package_version.*, package.latest_version = version as is_latest,
        coalesce(manifest -> 'tools' @> ${sql.json([{ name }])}, false) as has_tool,
        -- Whole microseconds: exact in a number of JavaScript.
        (extract(epoch from package_version.created_at) * 1000000)::bigint::float8 as seen
      from package_version join package on package.id = package_id
      where package_id = ${packageId}
    ) as known
    ${after === undefined ? sql`` : sql`where (seen, id) < (${after.key}::float8, ${after.id})`}
    order by seen desc, id desc limit ${limit + 1}`;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => ({
      version: row.version,
      state: row.state,
      isLatest: row.is_latest,
      hasTool: row.has_tool,
      integrity: row.integrity,
      artifact: row.artifact_digest,
      publishedAt: row.published_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
    })),
    nextCursor: rows.length > limit && last !== undefined
      ? writeCursor({ key: last.seen, id: last.id })
      : null,
  };
}
