import type { AnySql } from "../../registry/database/database.ts";
import type { CallDefaults } from "../../spec/call_grant.ts";
import { collectionRow, type Visibility } from "../collections/collection_record.ts";
import type { KeptExecutor } from "../collections/kept_executor.ts";
import { offeredColumns, type OfferedTool, readOffered } from "./offered_tool.ts";

/** What calls need to know of a collection: the same for whoever calls. */
export interface CallableCollection {
  readonly id: string;
  readonly ownerId: string;
  readonly visibility: Visibility;
  readonly defaults: CallDefaults;
  readonly executor: KeptExecutor | null;
  /** In the collection's order. */
  readonly tools: readonly OfferedTool[];
}

/** The collection of that id; `null` where there is none. Whoever asks decides who may call it. */
export async function readCallableCollection(
  sql: AnySql,
  id: string,
): Promise<CallableCollection | null> {
  const [row] = await sql`select * from collection where id = ${id}`;
  if (row === undefined) return null;
  const { owner_id: ownerId, visibility, permissions, limits, executor } = collectionRow.parse(row);
  const rows = await sql`
    select place.display_name, ${offeredColumns(sql)}
    from collection_tool as place join tools on tools.id = place.tool_id
    where place.collection_id = ${id} order by place.position`;
  return {
    id,
    ownerId,
    visibility,
    executor,
    defaults: { permissions, limits },
    tools: rows.map(readOffered),
  };
}
