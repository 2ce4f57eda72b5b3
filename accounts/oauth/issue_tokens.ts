import type { AnySql } from "../../registry/database/database.ts";
import { type NewOauthToken, newOauthToken, type TokenKind } from "./oauth_secret.ts";

/** How long a client goes on with one token, and how long it may be away. */
export const ACCESS_SECONDS = 15 * 60;
const REFRESH_SECONDS = 30 * 86_400;

/** Used refresh tokens of a grant that are remembered, to notice that one is used again. */
const MAX_REMEMBERED = 100;

/** Tokens as a client gets them, once. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** Makes tokens of a grant, with the `tx` of what they are given for. */
export async function issueTokens(
  tx: AnySql,
  { grantId }: { readonly grantId: string },
): Promise<IssuedTokens> {
  const [access, refresh] = [newOauthToken("access"), newOauthToken("refresh")];
  const store = ({ id, hash }: NewOauthToken, kind: TokenKind, seconds: number) =>
    tx`
      insert into oauth_token (id, grant_id, kind, hash, expires_at)
      values (${id}, ${grantId}, ${kind}, ${hash}, now() + ${seconds} * interval '1 second')`;
  // Nothing is learnt from those: an expired token opens as much as one that never was.
  await tx`delete from oauth_token where grant_id = ${grantId} and expires_at < now()`;
  await tx`
    delete from oauth_token where id in (
      select id from oauth_token where grant_id = ${grantId} and used_at is not null
      order by used_at desc offset ${MAX_REMEMBERED})`;
  await store(access, "access", ACCESS_SECONDS);
  await store(refresh, "refresh", REFRESH_SECONDS);
  return {
    accessToken: access.token,
    refreshToken: refresh.token,
    expiresInSeconds: ACCESS_SECONDS,
  };
}
