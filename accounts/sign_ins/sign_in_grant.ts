import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { personOfUser, type SignInHolder } from "./sign_in_holder.ts";

/** A row of `mcp_sign_in_grant`. */
export const signInGrantRow = z.object({
  server_id: z.string(),
  owner_id: z.string(),
  person: z.string(),
  url: z.string(),
  issuer: z.string(),
  scope: z.string().nullable(),
  sealed: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  expires_at: z.date().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** {@linkcode signInGrantRow} read. */
export type SignInGrantRow = z.output<typeof signInGrantRow>;

/** What somebody was let in with, to be kept. */
export interface NewSignInGrant {
  readonly url: string;
  readonly issuer: string;
  readonly scope: string | null;
  readonly sealed: Uint8Array;
  readonly expiresAt: Date | null;
}

/** What one person holds at a server; `null` where that is nothing. */
export async function readSignInGrant(
  sql: AnySql,
  { serverId, tenant, person }: SignInHolder,
): Promise<SignInGrantRow | null> {
  const [row] = await sql`
    select * from mcp_sign_in_grant
    where server_id = ${serverId} and owner_id = ${tenant} and person = ${person}`;
  return row === undefined ? null : signInGrantRow.parse(row);
}

/** Keeps what one person was let in with, in place of what they held. */
export async function keepSignInGrant(
  tx: AnySql,
  { serverId, tenant, person }: SignInHolder,
  { url, issuer, scope, sealed, expiresAt }: NewSignInGrant,
): Promise<void> {
  await tx`
    insert into mcp_sign_in_grant (server_id, owner_id, person, url, issuer, scope, sealed, expires_at)
    values (${serverId}, ${tenant}, ${person}, ${url}, ${issuer}, ${scope}, ${sealed}, ${expiresAt})
    on conflict (server_id, owner_id, person) do update set url = excluded.url,
      issuer = excluded.issuer, scope = excluded.scope, sealed = excluded.sealed,
      expires_at = excluded.expires_at, renewing_until = null, updated_at = now()`;
}

/** Forgets what one person holds. @returns What it was; `null` where it was nothing. */
export async function dropSignInGrant(
  tx: AnySql,
  { serverId, tenant, person }: SignInHolder,
): Promise<SignInGrantRow | null> {
  const [row] = await tx`
    delete from mcp_sign_in_grant
    where server_id = ${serverId} and owner_id = ${tenant} and person = ${person} returning *`;
  return row === undefined ? null : signInGrantRow.parse(row);
}

/** Forgets all that a user who is removed began or holds. */
export async function dropSignInsOf(tx: AnySql, userId: string): Promise<void> {
  const person = personOfUser(userId);
  await tx`delete from mcp_sign_in where person = ${person}`;
  await tx`delete from mcp_sign_in_grant where person = ${person}`;
}

/**
 * Claims that this node renews what is held, for `leaseMs`; `null` where another one does, or somebody
 * has done so since `seenAt`.
 */
export async function claimRenewal(
  sql: AnySql,
  { serverId, tenant, person }: SignInHolder,
  { seenAt, leaseMs }: { readonly seenAt: Date; readonly leaseMs: number },
): Promise<SignInGrantRow | null> {
  const [row] = await sql`
    update mcp_sign_in_grant set renewing_until = now() + make_interval(secs => ${leaseMs / 1_000})
    where server_id = ${serverId} and owner_id = ${tenant} and person = ${person}
      and (renewing_until is null or renewing_until < now())
      and date_trunc('milliseconds', updated_at) <= ${seenAt}
    returning *`;
  return row === undefined ? null : signInGrantRow.parse(row);
}

/** Gives up a renewal that came to nothing. */
export async function releaseRenewal(
  sql: AnySql,
  { serverId, tenant, person }: SignInHolder,
): Promise<void> {
  await sql`
    update mcp_sign_in_grant set renewing_until = null
    where server_id = ${serverId} and owner_id = ${tenant} and person = ${person}`;
}
