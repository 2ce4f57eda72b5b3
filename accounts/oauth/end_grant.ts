import type { AnySql } from "../../registry/database/database.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { notFound } from "../require_permission.ts";
import { type GrantRow, grantRow } from "./grant_record.ts";
import { isGrantOf } from "./read_grants.ts";

/**
 * Ends a grant because somebody says so. Ending it twice changes nothing.
 * @throws {AirlockError} `not_found` for grants of others too.
 */
export async function revokeGrant(
  tx: AnySql,
  actor: Actor,
  { id }: { readonly id: string },
): Promise<GrantRow> {
  const [found] = await tx`select * from oauth_grant where id = ${id} for update`;
  if (found === undefined) throw notFound("grant");
  const before = grantRow.parse(found);
  if (!isGrantOf(before, actor.caller)) throw notFound("grant");
  if (before.revoked_at !== null) return before;
  return await endGrant(tx, actor, { id, since: "revoked" });
}

/** Ends a grant that the caller of this is known to may end, with everything that its client holds. */
export async function endGrant(
  tx: AnySql,
  actor: Actor,
  { id, since }: { readonly id: string; readonly since: string },
): Promise<GrantRow> {
  const [row] = await tx`
    update oauth_grant set revoked_at = coalesce(revoked_at, now()) where id = ${id} returning *`;
  const grant = grantRow.parse(row);
  await tx`delete from oauth_token where grant_id = ${id}`;
  await writeAudit(tx, actor, {
    tenant: grant.owner_id,
    action: "grant.revoked",
    subject: { kind: "grant", id },
    details: { clientId: grant.client_id, since },
  });
  return grant;
}
