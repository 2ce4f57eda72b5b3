import type { AnySql } from "../../registry/database/database.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { insertKey, type NewKey } from "./create_key.ts";
import { type KeyRow, keyRow, keyState } from "./key_record.ts";

/** Longest time that a rotated key goes on beside its successor. */
export const MAX_OVERLAP_MS = 30 * 86_400_000;

/**
 * Ends a key now. Revoking twice changes nothing.
 * @throws {AirlockError} `not_found` for keys of others too.
 */
export async function revokeKey(
  tx: AnySql,
  actor: Actor,
  { id }: { readonly id: string },
): Promise<KeyRow> {
  const before = await lockKey(tx, actor, id);
  if (before.revoked_at !== null) return before;
  const [row] = await tx`update api_key set revoked_at = now() where id = ${id} returning *`;
  await writeAudit(tx, actor, {
    tenant: before.owner_id,
    action: "key.revoked",
    subject: { kind: "key", id },
    details: { name: before.name },
  });
  return keyRow.parse(row);
}

/** Which key is rotated, and how long it goes on. */
export interface Rotation {
  readonly id: string;
  /** Up to {@linkcode MAX_OVERLAP_MS}; 0 ends the old key at once. */
  readonly overlapMs: number;
}

/**
 * Makes a successor that may do the same, and lets the old key go on for `overlapMs`.
 * @throws {AirlockError} `not_found`; `conflict` where the key has a successor or opens nothing.
 */
export async function rotateKey(tx: AnySql, actor: Actor, rotation: Rotation): Promise<NewKey> {
  const { id, overlapMs } = rotation;
  const old = await lockKey(tx, actor, id);
  if (keyState(old, new Date()) !== "active" || old.replaced_by !== null) {
    throw new AirlockError("conflict", "rotate key: it has a successor, or opens nothing", {
      stage: "request",
      suggestion: "Rotate the newest key, or create one.",
    });
  }
  // Counted with the old one: to rotate must not give more than the rates that were given.
  const countedAs = old.rates_counted_as ?? old.id;
  const successor = await insertKey(tx, { ...old, rates_counted_as: countedAs });
  await tx`
    update api_key set replaced_by = ${successor.row.id},
      expires_at = least(expires_at, now() + ${overlapMs} * interval '1 millisecond')
    where id = ${id}`;
  await writeAudit(tx, actor, {
    tenant: old.owner_id,
    action: "key.rotated",
    subject: { kind: "key", id },
    details: { successor: successor.row.id, overlapMs },
  });
  return successor;
}

/** The key, and nobody else changes it until the transaction ends. */
async function lockKey(tx: AnySql, { caller }: Actor, id: string): Promise<KeyRow> {
  const [found] = await tx`select * from api_key where id = ${id} for update`;
  if (found === undefined) throw notFound("key");
  const row = keyRow.parse(found);
  requirePermission(caller, "write", {
    kind: "key",
    tenant: row.owner_id,
    visibility: "private",
  });
  return row;
}
