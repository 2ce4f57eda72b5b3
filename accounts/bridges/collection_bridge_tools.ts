import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Caller } from "../../spec/account.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { lockCollection } from "../collections/find_collection.ts";
import { notFound } from "../require_permission.ts";
import { bridgeOwner } from "./bridge_record.ts";
import { isConnected } from "./list_bridges.ts";

/** Most bridge tools of one collection. */
export const MAX_BRIDGE_TOOLS = 500;

/** A bridge's tool as it stands in a collection. */
export interface CollectionBridgeTool {
  readonly toolId: string;
  readonly bridge: string;
  readonly serverId: string;
  readonly name: string;
  readonly description: string;
  readonly displayName: string | null;
  readonly note: string;
  /** Whether a call would reach it now. */
  readonly available: boolean;
  /** Whether it says something else of itself than when it was added: it is not called then. */
  readonly changed: boolean;
}

/** Which tool of which collection, and how it stands there. */
export interface BridgeToolPlace {
  readonly collectionId: string;
  readonly toolId: string;
  readonly displayName?: string | null;
  readonly note?: string;
}

const placeRow = z.object({
  tool_id: z.string(),
  bridge: z.string(),
  server_id: z.string(),
  name: z.string(),
  description: z.string(),
  display_name: z.string().nullable(),
  note: z.string(),
  available: z.boolean(),
  changed: z.boolean(),
});

/** Bridge tools of a collection that are on the caller's own machines. */
export async function listBridgeTools(
  sql: AnySql,
  caller: Caller,
  { collectionId }: { readonly collectionId: string },
): Promise<CollectionBridgeTool[]> {
  if (caller.kind === "anonymous") return [];
  const { tenant, userId } = bridgeOwner(caller);
  const rows = await sql`
    select place.tool_id, bridge.name as bridge, tool.server_id, tool.name, tool.description,
      place.display_name, place.note,
      tool.offered and tool.definition_hash = place.definition_hash and ${isConnected(sql)}
        as available,
      tool.definition_hash <> place.definition_hash as changed
    from collection_bridge_tool place
    join bridge_tool tool on tool.id = place.tool_id
    join bridge on bridge.id = tool.bridge_id
    where place.collection_id = ${collectionId}
      and bridge.owner_id = ${tenant} and bridge.user_id = ${userId}
    order by place.added_at, place.tool_id`;
  return rows.map((row) => {
    const { tool_id: toolId, server_id: serverId, display_name: displayName, ...rest } = placeRow
      .parse(row);
    return { toolId, serverId, displayName, ...rest };
  });
}

/**
 * Puts a tool of the caller's own machine into a collection of the caller's account, as it is now.
 * Where it is in it already, it is taken as it is now.
 * @throws {AirlockError} `not_found`, `tool_not_found` also for those of others, `resource_limit`,
 * `permission_denied`.
 */
export async function addBridgeTool(
  tx: AnySql,
  actor: Actor,
  { collectionId, toolId, displayName = null, note = "" }: BridgeToolPlace,
): Promise<void> {
  const collection = await lockCollection(tx, actor, { id: collectionId });
  const { tenant, userId } = bridgeOwner(actor.caller);
  const [tool] = await tx<{ definition_hash: string }[]>`
    select tool.definition_hash from bridge_tool tool join bridge on bridge.id = tool.bridge_id
    where tool.id = ${toolId} and tool.offered
      and bridge.owner_id = ${tenant} and bridge.user_id = ${userId}
    for share of tool`;
  if (tool === undefined) throw notFound("tool");
  const [others] = await tx<{ count: number }[]>`
    select count(*)::int as count from collection_bridge_tool
    where collection_id = ${collectionId} and tool_id <> ${toolId}`;
  if ((others?.count ?? 0) >= MAX_BRIDGE_TOOLS) throw full();
  await tx`
    insert into collection_bridge_tool (collection_id, tool_id, display_name, note, definition_hash)
    values (${collectionId}, ${toolId}, ${displayName}, ${note}, ${tool.definition_hash})
    on conflict (collection_id, tool_id) do update set display_name = excluded.display_name,
      note = excluded.note, definition_hash = excluded.definition_hash`;
  await changed(tx, actor, {
    ...{ collectionId, tenant: collection.owner_id, toolId },
    action: "collection.bridge_tool_added",
  });
}

/**
 * Takes a bridge's tool out of a collection.
 * @throws {AirlockError} `not_found`, `tool_not_found`, `permission_denied`.
 */
export async function removeBridgeTool(
  tx: AnySql,
  actor: Actor,
  { collectionId, toolId }: Pick<BridgeToolPlace, "collectionId" | "toolId">,
): Promise<void> {
  const collection = await lockCollection(tx, actor, { id: collectionId });
  const { count } = await tx`
    delete from collection_bridge_tool
    where collection_id = ${collectionId} and tool_id = ${toolId}`;
  if (count === 0) throw notFound("tool");
  await changed(tx, actor, {
    ...{ collectionId, tenant: collection.owner_id, toolId },
    action: "collection.bridge_tool_removed",
  });
}

interface Change {
  readonly collectionId: string;
  readonly tenant: string;
  readonly toolId: string;
  readonly action: `collection.${string}`;
}

async function changed(tx: AnySql, actor: Actor, change: Change): Promise<void> {
  const { collectionId, tenant, toolId, action } = change;
  await tx`
    update collection set revision = revision + 1, updated_at = now() where id = ${collectionId}`;
  const subject = { kind: "collection", id: collectionId };
  await writeAudit(tx, actor, { tenant, action, subject, details: { toolId } });
}

function full(): AirlockError {
  return new AirlockError(
    "resource_limit",
    `add bridge tool: the collection has ${MAX_BRIDGE_TOOLS} already`,
    { stage: "request", suggestion: "Begin another collection." },
  );
}
