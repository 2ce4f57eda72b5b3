import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import type { JsonSchema } from "../../spec/json.ts";
import type { McpAnnotations } from "../../spec/mcp_source.ts";
import { type BridgeOwner, bridgeToolRow } from "./bridge_record.ts";

/** A bridge's tool in a collection, with all that a call of it needs: the same for whoever asks. */
export interface ServedBridgeTool {
  readonly collectionId: string;
  readonly collectionOwner: string;
  readonly bridgeId: string;
  /** Whose machine it is on. */
  readonly owner: BridgeOwner;
  readonly toolId: string;
  readonly serverId: string;
  readonly name: string;
  readonly description: string;
  readonly displayName: string | null;
  readonly note: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema | null;
  readonly annotations: McpAnnotations;
  /** Whether the bridge offered it last time. */
  readonly offered: boolean;
  /** Whether it says something else of itself than when it was added. */
  readonly changed: boolean;
}

/** A collection, or an account: all of its collections. */
export type ServedPart = { readonly collectionId: string } | { readonly tenant: string };

const servedRow = bridgeToolRow.extend({
  collection_id: z.string(),
  collection_owner: z.string(),
  owner_id: z.string(),
  user_id: z.string(),
  display_name: z.string().nullable(),
  note: z.string(),
  changed: z.boolean(),
});

/** Bridge tools of a part, in order. Whoever asks decides who is served. */
export async function readServedBridgeTools(
  sql: AnySql,
  part: ServedPart,
): Promise<readonly ServedBridgeTool[]> {
  const within = "collectionId" in part
    ? sql`collection.id = ${part.collectionId}`
    : sql`collection.owner_id = ${part.tenant}`;
  const rows = await sql`
    select tool.*, place.collection_id, collection.owner_id as collection_owner, bridge.owner_id,
      bridge.user_id, place.display_name, place.note,
      tool.definition_hash <> place.definition_hash as changed
    from collection
    join collection_bridge_tool place on place.collection_id = collection.id
    join bridge_tool tool on tool.id = place.tool_id
    join bridge on bridge.id = tool.bridge_id
    where ${within}
    order by collection.created_at, collection.id, place.added_at, place.tool_id
    limit 2000`;
  return rows.map((row) => {
    const tool = servedRow.parse(row);
    return {
      collectionId: tool.collection_id,
      collectionOwner: tool.collection_owner,
      bridgeId: tool.bridge_id,
      owner: { tenant: tool.owner_id, userId: tool.user_id },
      toolId: tool.id,
      serverId: tool.server_id,
      name: tool.name,
      description: tool.description,
      displayName: tool.display_name,
      note: tool.note,
      inputSchema: tool.input_schema,
      outputSchema: tool.output_schema,
      annotations: tool.annotations,
      offered: tool.offered,
      changed: tool.changed,
    };
  });
}

/** Most collections that are looked at for one bridge. */
const MAX_COLLECTIONS = 500;

/** Ids of the collections that have a tool of a bridge. */
export async function collectionsOfBridge(sql: AnySql, bridgeId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select distinct place.collection_id as id
    from bridge_tool tool join collection_bridge_tool place on place.tool_id = tool.id
    where tool.bridge_id = ${bridgeId} limit ${MAX_COLLECTIONS}`;
  return rows.map(({ id }) => id);
}
