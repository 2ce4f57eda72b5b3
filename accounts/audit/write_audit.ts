import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import type { JsonValue } from "../../spec/json.ts";

/** One change that somebody may ask about later. */
export interface AuditEntry {
  /** Whose thing was changed; the caller's where absent. */
  readonly tenant?: string;
  /** `key.created`, `secret.changed`: thing, then what happened to it. */
  readonly action: `${string}.${string}`;
  readonly subject: { readonly kind: string; readonly id: string };
  /** Facts about the change; never a secret. */
  readonly details?: Readonly<Record<string, JsonValue>>;
}

/** Who makes a change, and with which request. */
export interface Actor {
  readonly caller: Caller;
  readonly requestId: string | null;
}

/**
 * Adds a line to the audit log: with the `tx` of the change that it tells of, so that neither is there
 * without the other.
 */
export async function writeAudit(tx: AnySql, actor: Actor, entry: AuditEntry): Promise<void> {
  const { caller, requestId } = actor;
  await tx`
    insert into audit_log (owner_id, actor_kind, actor_user_id, actor_key_id, request_id, action,
      subject_kind, subject_id, details)
    values (${entry.tenant ?? caller.tenant}, ${caller.kind}, ${caller.userId}, ${caller.keyId},
      ${requestId}, ${entry.action}, ${entry.subject.kind}, ${entry.subject.id},
      ${JSON.stringify(entry.details ?? {})}::text::jsonb)`;
}
