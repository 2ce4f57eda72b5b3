import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { AnySql, Sql } from "../../registry/database/database.ts";
import { endGrant } from "./end_grant.ts";
import { issueTokens } from "./issue_tokens.ts";
import { partsOfToken, sha256 } from "./oauth_secret.ts";
import { type Exchanged, NOBODY } from "./redeem_code.ts";

/** What a client sends for new tokens. */
export interface Refresh {
  readonly refreshToken: string;
  readonly clientId: string;
  readonly resource: string | undefined;
}

const heldRow = z.object({
  grant_id: z.string(),
  client_id: z.string(),
  resource: z.string(),
  hash: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  used_at: z.date().nullable(),
  is_over: z.boolean(),
});

/**
 * Exchanges a refresh token for new tokens, once. One that is exchanged again is held by two: by the
 * client and by a thief, and nobody knows which came first, so the grant ends.
 */
export async function refreshTokens(sql: Sql, refresh: Refresh): Promise<Exchanged> {
  const parts = partsOfToken(refresh.refreshToken);
  if (parts?.kind !== "refresh") return { kind: "refused" };
  return await sql.begin(async (tx: AnySql): Promise<Exchanged> => {
    // The grant is locked: of two that come at once with the same token, one is the second.
    const [found] = await tx`
      select held.grant_id, held.hash, held.used_at, allowed.client_id, allowed.resource,
        held.expires_at <= now() or allowed.revoked_at is not null as is_over
      from oauth_token held join oauth_grant allowed on allowed.id = held.grant_id
      where held.id = ${parts.id} and held.kind = 'refresh' for update of held, allowed`;
    if (found === undefined) return { kind: "refused" };
    const row = heldRow.parse(found);
    const isTheirs = timingSafeEqual(row.hash, sha256(refresh.refreshToken)) &&
      row.client_id === refresh.clientId;
    if (!isTheirs || row.is_over) return { kind: "refused" };
    const { grant_id: grantId } = row;
    if (row.used_at !== null) {
      await endGrant(tx, NOBODY, { id: grantId, since: "its refresh token was used again" });
      return { kind: "ended", grantId };
    }
    if (refresh.resource !== undefined && refresh.resource !== row.resource) {
      return { kind: "other-resource" };
    }
    await tx`update oauth_token set used_at = now() where id = ${parts.id}`;
    await tx`update oauth_grant set last_used_at = now() where id = ${grantId}`;
    return { kind: "issued", tokens: await issueTokens(tx, { grantId }) };
  });
}

/**
 * Ends what a token is of, because its client has no more use for it (RFC 7009). @returns The id of the
 * grant that ended; `null` where that is no token, or another client's.
 */
export async function surrenderToken(
  sql: Sql,
  { token, clientId }: { readonly token: string; readonly clientId: string | undefined },
): Promise<string | null> {
  const parts = partsOfToken(token);
  if (parts === undefined) return null;
  return await sql.begin(async (tx: AnySql) => {
    const [found] = await tx`
      select held.hash, allowed.id, allowed.client_id
      from oauth_token held join oauth_grant allowed on allowed.id = held.grant_id
      where held.id = ${parts.id} for update of allowed`;
    const row = surrenderedRow.safeParse(found).data;
    if (row === undefined || !timingSafeEqual(row.hash, sha256(token))) return null;
    if (clientId !== undefined && clientId !== row.client_id) return null;
    await endGrant(tx, NOBODY, { id: row.id, since: "its client gave it up" });
    return row.id;
  });
}

const surrenderedRow = z.object({
  id: z.string(),
  client_id: z.string(),
  hash: heldRow.shape.hash,
});
