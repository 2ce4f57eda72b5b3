import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import type { SourceKind } from "../../spec/tool.ts";
import { VISIBILITIES, type Visibility } from "../collections/collection_record.ts";

/** A tool as a collection or an agent offers it to calls. */
export interface OfferedTool {
  readonly id: string;
  readonly slug: string;
  readonly displayName: string | null;
  readonly packageName: string;
  readonly version: string;
  readonly name: string;
  readonly source: SourceKind;
  /** `null`: of a public registry. */
  readonly ownerId: string | null;
  readonly visibility: Visibility;
}

const toolRow = z.object({
  id: z.string(),
  slug: z.string(),
  display_name: z.string().nullable(),
  package_name: z.string(),
  version: z.string(),
  name: z.string(),
  source: z.enum(["npm", "esm", "inline", "wasm", "mcp", "bridge", "http"]),
  owner_id: z.string().nullable(),
  visibility: z.enum(VISIBILITIES),
});

/** Columns of `tools` that make an {@linkcode OfferedTool}, beside `display_name`. */
export function offeredColumns(sql: AnySql) {
  return sql`tools.id, tools.slug, tools.package_name, tools.version, tools.name, tools.source,
    tools.owner_id, tools.visibility`;
}

/** Reads a row of {@linkcode offeredColumns}. */
export function readOffered(row: unknown): OfferedTool {
  const { display_name, package_name, owner_id, ...tool } = toolRow.parse(row);
  return { ...tool, displayName: display_name, packageName: package_name, ownerId: owner_id };
}
