import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { visibleTo } from "../visible_to.ts";

/** A tool as it stands in a collection. */
export interface CollectionTool {
  readonly toolId: string;
  readonly slug: string;
  readonly name: string;
  readonly displayName: string | null;
  readonly note: string;
  readonly description: string;
  readonly packageName: string;
  readonly version: string;
  readonly source: string;
  readonly health: string;
}

const toolRow = z.object({
  tool_id: z.string(),
  slug: z.string(),
  name: z.string(),
  display_name: z.string().nullable(),
  note: z.string(),
  description: z.string(),
  package_name: z.string(),
  version: z.string(),
  source: z.string(),
  health: z.string(),
});

/**
 * Tools of a collection that the caller may see, in the collection's order: only those that the caller
 * may see by themselves. A private tool in a public collection is its owner's alone.
 */
export async function listCollectionTools(
  sql: AnySql,
  caller: Caller,
  { collectionId }: { readonly collectionId: string },
): Promise<CollectionTool[]> {
  const isSeen = visibleTo(sql, caller, { kind: "tool", collectionColumn: "collection_id" });
  const rows = await sql`
    select tools.id as tool_id, tools.slug, tools.name, place.display_name, place.note,
      tools.description, tools.package_name, tools.version, tools.source, tools.health
    from (
      select tool_id, collection_id, position, display_name, note from collection_tool
      where collection_id = ${collectionId}
    ) as place join tools on tools.id = place.tool_id
    where ${isSeen} order by place.position`;
  return rows.map((row) => {
    const tool = toolRow.parse(row);
    return {
      toolId: tool.tool_id,
      slug: tool.slug,
      name: tool.name,
      displayName: tool.display_name,
      note: tool.note,
      description: tool.description,
      packageName: tool.package_name,
      version: tool.version,
      source: tool.source,
      health: tool.health,
    };
  });
}
