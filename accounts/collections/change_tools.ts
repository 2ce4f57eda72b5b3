import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { notFound } from "../require_permission.ts";
import { requireRevision } from "../require_revision.ts";
import { visibleTo } from "../visible_to.ts";
import type { CollectionRow } from "./collection_record.ts";
import { lockCollection } from "./find_collection.ts";

/** Most tools of one collection. */
export const MAX_TOOLS_PER_COLLECTION = 1_000;

/** How a tool stands in a collection. */
export interface ToolPlace {
  readonly displayName?: string | null;
  readonly note?: string;
}

/** Which tool of which collection. */
export interface ToolTarget {
  readonly collectionId: string;
  readonly toolId: string;
}

/**
 * Puts a tool that the caller may see at the end of a collection of the caller's account.
 * @throws {AirlockError} `not_found`, `tool_not_found`, `conflict` where it is in it already,
 * `resource_limit`, `permission_denied`.
 */
export async function addTool(
  tx: AnySql,
  actor: Actor,
  { collectionId, toolId, displayName = null, note = "" }: ToolTarget & ToolPlace,
): Promise<void> {
  const collection = await lockCollection(tx, actor, { id: collectionId });
  await requireVisibleTool(tx, actor, toolId);
  const [last] = await tx<{ count: number; position: number }[]>`
    select count(*)::int as count, coalesce(max(position), 0)::int as position
    from collection_tool where collection_id = ${collectionId}`;
  if (last === undefined || last.count >= MAX_TOOLS_PER_COLLECTION) throw collectionFull();
  const { count } = await tx`
    insert into collection_tool (id, collection_id, tool_id, position, display_name, note)
    values (${newId("cto")}, ${collectionId}, ${toolId}, ${last.position + 1}, ${displayName},
      ${note})
    on conflict (collection_id, tool_id) do nothing`;
  if (count === 0) {
    throw new AirlockError("conflict", "add tool: the collection has it already", {
      stage: "request",
      suggestion: "Change how it stands there instead.",
    });
  }
  await changed(tx, actor, { collection, action: "collection.tool_added", toolId });
}

/**
 * Changes how a tool stands in a collection.
 * @throws {AirlockError} `not_found`, `tool_not_found`, `permission_denied`.
 */
export async function updateTool(
  tx: AnySql,
  actor: Actor,
  { collectionId, toolId, displayName, note }: ToolTarget & ToolPlace,
): Promise<void> {
  const collection = await lockCollection(tx, actor, { id: collectionId });
  const { count } = await tx`
    update collection_tool set
      display_name = ${displayName === undefined ? tx`display_name` : displayName},
      note = ${note === undefined ? tx`note` : note}
    where collection_id = ${collectionId} and tool_id = ${toolId}`;
  if (count === 0) throw notFound("tool");
  await changed(tx, actor, { collection, action: "collection.tool_changed", toolId });
}

/**
 * Takes a tool out of a collection.
 * @throws {AirlockError} `not_found`, `tool_not_found`, `permission_denied`.
 */
export async function removeTool(
  tx: AnySql,
  actor: Actor,
  { collectionId, toolId }: ToolTarget,
): Promise<void> {
  const collection = await lockCollection(tx, actor, { id: collectionId });
  const { count } = await tx`
    delete from collection_tool where collection_id = ${collectionId} and tool_id = ${toolId}`;
  if (count === 0) throw notFound("tool");
  await changed(tx, actor, { collection, action: "collection.tool_removed", toolId });
}

/** The order that tools should have. */
export interface ToolOrder {
  readonly collectionId: string;
  /** Every tool of the collection, once. */
  readonly toolIds: readonly string[];
  readonly revision?: number;
}

/**
 * Puts the tools of a collection in another order.
 * @throws {AirlockError} `not_found`, `precondition_failed`, `conflict` where the list is not of the
 * collection's tools, `permission_denied`.
 */
export async function orderTools(
  tx: AnySql,
  actor: Actor,
  { collectionId, toolIds, revision }: ToolOrder,
): Promise<void> {
  const collection = await lockCollection(tx, actor, { id: collectionId });
  requireRevision(collection.revision, revision);
  const [kept] = await tx<{ count: number }[]>`
    select count(*)::int as count from collection_tool where collection_id = ${collectionId}`;
  const { count } = await tx`
    update collection_tool set position = wanted.position
    from unnest(${[...new Set(toolIds)]}::text[]) with ordinality as wanted (tool_id, position)
    where collection_id = ${collectionId} and collection_tool.tool_id = wanted.tool_id`;
  if (count !== kept?.count || count !== toolIds.length) {
    throw new AirlockError("conflict", "order tools: the list is not of the collection's tools", {
      stage: "request",
      suggestion: "Read the collection again, and name each of its tools once.",
    });
  }
  await changed(tx, actor, { collection, action: "collection.ordered" });
}

async function requireVisibleTool(tx: AnySql, { caller }: Actor, toolId: string): Promise<void> {
  // A key that is held to collections adds what everybody sees: it sees nothing else.
  const looker = { ...caller, collections: null };
  const [tool] = await tx`
    select id from tool
    where id = ${toolId} and removed_at is null and ${visibleTo(tx, looker, "tool")}`;
  if (tool === undefined) throw notFound("tool");
}

interface Change {
  readonly collection: CollectionRow;
  readonly action: `collection.${string}`;
  readonly toolId?: string;
}

async function changed(
  tx: AnySql,
  actor: Actor,
  { collection, action, toolId }: Change,
): Promise<void> {
  await tx`
    update collection set revision = revision + 1, updated_at = now()
    where id = ${collection.id}`;
  await writeAudit(tx, actor, {
    tenant: collection.owner_id,
    action,
    subject: { kind: "collection", id: collection.id },
    details: toolId === undefined ? {} : { toolId },
  });
}

function collectionFull(): AirlockError {
  return new AirlockError(
    "resource_limit",
    `add tool: the collection has ${MAX_TOOLS_PER_COLLECTION} already`,
    { stage: "request", suggestion: "Begin another collection." },
  );
}
