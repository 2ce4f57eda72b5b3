import type { Fragment } from "postgres";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonSchema, JsonValue } from "../../spec/json.ts";
import type { SchemaStrategy } from "../../spec/tool.ts";
import type { AnySql } from "../database/database.ts";
import { type ToolDetail, type ToolRow, toolSummary } from "./tool_summary.ts";

interface DetailRow extends ToolRow {
  readonly package_id: string;
  readonly input_schema: JsonSchema | null;
  readonly output_schema: JsonSchema | null;
  readonly schema_strategy: SchemaStrategy;
  readonly schema_warnings: string[];
  readonly definition_hash: string;
  readonly findings: JsonValue;
  readonly keywords: string[];
  readonly downloads_week: number | null;
  readonly stars: number | null;
  readonly artifact_digest: string | null;
  readonly health_checked_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Which tool, and what the reader may see: a condition over `owner_id` and `visibility`. */
export interface ReadToolOptions {
  /** Its id or its slug. */
  readonly tool: string;
  readonly visible: Fragment;
}

/**
 * All that is known of a tool.
 * @throws {AirlockError} `tool_not_found`, also for what the reader may not see.
 */
export async function readTool(sql: AnySql, options: ReadToolOptions): Promise<ToolDetail> {
  const { tool, visible } = options;
  // No slug has an underscore, and every id has one.
  const named = tool.includes("_") ? sql`id = ${tool}` : sql`slug = ${tool}`;
  const [row] = await sql<DetailRow[]>`select * from tools where ${named} and (${visible})`;
  if (row === undefined) throw toolNotFound();
  return {
    ...toolSummary(row),
    packageId: row.package_id,
    inputSchema: row.input_schema,
    outputSchema: row.output_schema,
    schemaStrategy: row.schema_strategy,
    schemaWarnings: row.schema_warnings,
    definitionHash: row.definition_hash,
    findings: row.findings,
    keywords: row.keywords,
    downloadsWeek: row.downloads_week,
    stars: row.stars,
    artifact: row.artifact_digest,
    healthCheckedAt: row.health_checked_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The same words whether there is no such tool or it is somebody else's. */
export function toolNotFound(): AirlockError {
  return new AirlockError("tool_not_found", "find tool: there is none of that id or slug", {
    stage: "request",
    suggestion: "Look for it with GET /api/tools/search, or `airlock tools search`.",
  });
}
