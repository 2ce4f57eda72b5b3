import type { ToolExample } from "../../../spec/artifact.ts";
import type { JsonValue } from "../../../spec/json.ts";
import type { EnvDeclaration, SourceWish } from "../../../spec/tool.ts";
import type { Sql } from "../../database/database.ts";

/** A tool that is to be tried. */
export interface DueTool {
  readonly id: string;
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  readonly source: Exclude<SourceWish, "auto">;
  readonly ownerId: string | null;
  /** What its package gives for trying it; `undefined`: it is loaded, not called. */
  readonly params: JsonValue | undefined;
}

/** Which tools are due, and how many are taken. */
export interface ClaimOptions {
  /** After which a tool is tried again. */
  readonly intervalMs: number;
  readonly limit: number;
}

interface DueRow {
  readonly id: string;
  readonly name: string;
  readonly package_name: string;
  readonly version: string;
  readonly source: DueTool["source"];
  readonly owner_id: string | null;
  readonly examples: ToolExample[] | null;
  readonly env: EnvDeclaration[] | null;
}

/**
 * Takes tools that nobody has tried for a while, the longest waiting first. What one node takes, no
 * other does before the interval is over again, also where the node dies over it.
 */
export async function claimDue(sql: Sql, options: ClaimOptions): Promise<DueTool[]> {
  const rows = await sql<DueRow[]>`
    with due as (
      select id from tool
      where removed_at is null and source in ('npm', 'esm', 'wasm', 'inline')
        and (health_checked_at is null
          or health_checked_at < now() - ${options.intervalMs} * interval '1 millisecond')
      order by health_checked_at nulls first limit ${options.limit}
      for update skip locked
    ), claimed as (
      update tool set health_checked_at = now() from due where tool.id = due.id
      returning tool.id, tool.name, tool.source, tool.owner_id, tool.package_id, tool.version_id
    )
    select claimed.id, claimed.name, claimed.source, claimed.owner_id,
      package.name as package_name, package_version.version,
      manifest -> 'examples' as examples, manifest -> 'env' as env
    from claimed
    join package on package.id = claimed.package_id
    join package_version on package_version.id = claimed.version_id`;
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    packageName: row.package_name,
    version: row.version,
    source: row.source,
    ownerId: row.owner_id,
    params: paramsOf(row),
  }));
}

/** A tool that needs a value we do not have would fail whatever its health. */
function paramsOf({ name, examples, env }: DueRow): JsonValue | undefined {
  const isLacking = (env ?? []).some(({ required, default: value }) =>
    required && value === undefined
  );
  return isLacking ? undefined : (examples ?? []).find(({ tool }) => tool === name)?.params;
}
