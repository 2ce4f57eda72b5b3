import type { AnySql } from "../../registry/database/database.ts";
import type { Actor } from "./write_audit.ts";

/** The setting of a database session that migration 0012 reads who makes a change from. */
export const ACTOR_SETTING = "airlock.actor";

/** An actor as the setting holds it; empty for nobody in particular. */
export function actorText(actor: Actor | undefined): string {
  if (actor === undefined || actor.caller.kind === "anonymous") return "";
  const { caller: { kind, userId, keyId }, requestId } = actor;
  return JSON.stringify({ kind, userId, keyId, requestId });
}

/** Says who makes the changes that follow in `tx`, for what the database notes by itself. */
export async function nameActor(tx: AnySql, actor: Actor | undefined): Promise<void> {
  await tx`select set_config(${ACTOR_SETTING}, ${actorText(actor)}, true)`;
}
