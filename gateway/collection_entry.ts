import type { Actor } from "../accounts/audit/write_audit.ts";
import {
  addTool,
  removeTool,
  type ToolPlace,
  type ToolTarget,
} from "../accounts/collections/change_tools.ts";
import type { AnySql } from "../registry/database/database.ts";
import { removePins } from "../registry/pins/enter_pin.ts";
import { pinFromCatalog } from "../registry/pins/pin_from_catalog.ts";

/**
 * Puts a tool into a collection, pinned to what the catalog has of it now: in one transaction.
 * @throws {AirlockError} as {@linkcode addTool} and {@linkcode pinFromCatalog} do.
 */
export async function enterTool(
  tx: AnySql,
  actor: Actor,
  { collectionId, toolId, ...place }: ToolTarget & ToolPlace,
): Promise<void> {
  const { tenant: ownerId, userId, keyId } = actor.caller;
  await addTool(tx, actor, { collectionId, toolId, ...place });
  await pinFromCatalog(tx, { collectionId, toolId, ownerId, by: userId ?? keyId });
}

/**
 * Takes a tool and its pin out of a collection: in one transaction.
 * @throws {AirlockError} as {@linkcode removeTool} does.
 */
export async function leaveTool(tx: AnySql, actor: Actor, target: ToolTarget): Promise<void> {
  const { collectionId, toolId } = target;
  await removeTool(tx, actor, target);
  await removePins(tx, { collectionId, toolIds: [toolId] });
}
