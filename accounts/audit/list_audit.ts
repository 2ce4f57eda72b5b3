import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";

/** A line of the audit log as it is shown. */
export interface AuditLine {
  readonly id: string;
  readonly at: string;
  readonly actor: {
    readonly kind: string;
    readonly userId: string | null;
    readonly keyId: string | null;
  };
  readonly requestId: string | null;
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly details: Readonly<Record<string, unknown>>;
}

/** What part of the log is read. */
export interface ListAuditOptions {
  readonly limit: number;
  /** Id of the last line that was read before. */
  readonly after?: string;
}

const auditRow = z.object({
  id: z.string(),
  at: z.date(),
  actor_kind: z.string(),
  actor_user_id: z.string().nullable(),
  actor_key_id: z.string().nullable(),
  request_id: z.string().nullable(),
  action: z.string(),
  subject_kind: z.string(),
  subject_id: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** Changes to the caller's own account, newest first. Whether the caller may look is asked before. */
export async function listAudit(
  sql: AnySql,
  caller: Caller,
  { limit, after }: ListAuditOptions,
): Promise<AuditLine[]> {
  const rows = await sql`
    select id::text, at, actor_kind, actor_user_id, actor_key_id, request_id, action, subject_kind,
      subject_id, details
    from audit_log
    where owner_id = ${caller.tenant}
      and (${after ?? null}::bigint is null or id < ${after ?? null}::bigint)
    order by id desc limit ${limit}`;
  return rows.map((row) => {
    const line = auditRow.parse(row);
    return {
      id: line.id,
      at: line.at.toISOString(),
      actor: { kind: line.actor_kind, userId: line.actor_user_id, keyId: line.actor_key_id },
      requestId: line.request_id,
      action: line.action,
      subject: { kind: line.subject_kind, id: line.subject_id },
      details: line.details,
    };
  });
}
