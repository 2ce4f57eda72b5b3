import type { Fragment } from "postgres";
import type { JsonSchema, JsonValue } from "../../spec/json.ts";
import type { RuntimeKind } from "../../spec/sandbox.ts";
import type { SchemaStrategy, SourceKind } from "../../spec/tool.ts";
import type { AnySql } from "../database/database.ts";
import type { Visibility } from "./package_entry.ts";

/** What became of trying a tool out. */
export type ToolHealth = "unknown" | "healthy" | "broken";

/** A tool in a list. */
export interface ToolSummary {
  readonly id: string;
  readonly slug: string;
  /** What a caller sends as `name`. */
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  readonly source: SourceKind;
  readonly description: string;
  readonly category: string | null;
  readonly visibility: Visibility;
  /** Kinds of sandboxes that can run it. */
  readonly runtimes: readonly RuntimeKind[];
  readonly health: ToolHealth;
  /** From 0 to about 20, by downloads, stars and likes. */
  readonly popularity: number;
}

/** All that is known of one tool. */
export interface ToolDetail extends ToolSummary {
  readonly packageId: string;
  readonly inputSchema: JsonSchema | null;
  readonly outputSchema: JsonSchema | null;
  readonly schemaStrategy: SchemaStrategy;
  readonly schemaWarnings: readonly string[];
  readonly definitionHash: string;
  /** What was found hidden in its definition. */
  readonly findings: JsonValue;
  readonly keywords: readonly string[];
  readonly downloadsWeek: number | null;
  readonly stars: number | null;
  readonly artifact: string | null;
  readonly healthCheckedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** `null` on the last page. */
  readonly nextCursor: string | null;
}

/** The columns of view `tools` that a summary is made of. */
export interface ToolRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly package_name: string;
  readonly version: string;
  readonly source: SourceKind;
  readonly description: string;
  readonly category: string | null;
  readonly visibility: Visibility;
  readonly runtimes: RuntimeKind[];
  readonly health: ToolHealth;
  readonly popularity: number;
}

/** The columns of {@linkcode ToolRow}: lists leave the schemas where they are. */
export function summaryColumns(sql: AnySql): Fragment {
  return sql`
    tools.id, slug, name, package_name, version, source, description, category, visibility,
    runtimes, health, popularity`;
}

/** Arranges a row for callers. */
export function toolSummary(row: ToolRow): ToolSummary {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    packageName: row.package_name,
    version: row.version,
    source: row.source,
    description: row.description,
    category: row.category,
    visibility: row.visibility,
    runtimes: row.runtimes,
    health: row.health,
    popularity: row.popularity,
  };
}
