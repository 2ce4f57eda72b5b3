import { z } from "zod";
import type { AnySql, Sql } from "../../registry/database/database.ts";
import { ANONYMOUS_CALLER } from "../owner_caller.ts";
import { endGrant } from "./end_grant.ts";
import { type IssuedTokens, issueTokens } from "./issue_tokens.ts";
import { sha256 } from "./oauth_secret.ts";
import { isVerifierOf } from "./pkce.ts";

/** What a client sends for its code. */
export interface CodeExchange {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly verifier: string;
  /** The resource that the token is to be for; the one that was asked for where absent. */
  readonly resource: string | undefined;
}

/** What an exchange came to. */
export type Exchanged =
  | { readonly kind: "issued"; readonly tokens: IssuedTokens }
  /** Something is wrong, and it is nobody's business what. */
  | { readonly kind: "refused" }
  | { readonly kind: "other-resource" }
  /** It was exchanged before: somebody has it who should not, so the grant has ended. */
  | { readonly kind: "ended"; readonly grantId: string };

const codeRow = z.object({
  id: z.string(),
  client_id: z.string(),
  redirect_uri: z.string(),
  code_challenge: z.string(),
  resource: z.string(),
  grant_id: z.string(),
  redeemed_at: z.date().nullable(),
  is_over: z.boolean(),
  is_revoked: z.boolean(),
});

/** Exchanges a code, once. A code that is exchanged again ends what it was exchanged for. */
export async function redeemCode(sql: Sql, exchange: CodeExchange): Promise<Exchanged> {
  return await sql.begin(async (tx: AnySql): Promise<Exchanged> => {
    const [found] = await tx`
      select asked.*, asked.expires_at <= now() as is_over, allowed.revoked_at is not null as is_revoked
      from oauth_authorization asked join oauth_grant allowed on allowed.id = asked.grant_id
      where asked.code_hash = ${sha256(exchange.code)} for update of asked, allowed`;
    if (found === undefined) return { kind: "refused" };
    const row = codeRow.parse(found);
    const isTheirs = row.client_id === exchange.clientId &&
      row.redirect_uri === exchange.redirectUri &&
      isVerifierOf(row.code_challenge, exchange.verifier);
    // Who only has the code learns nothing by it, and takes nothing from whom it is for.
    if (!isTheirs) return { kind: "refused" };
    if (row.redeemed_at !== null) {
      await endGrant(tx, NOBODY, { id: row.grant_id, since: "its code was used again" });
      return { kind: "ended", grantId: row.grant_id };
    }
    if (row.is_over || row.is_revoked) return { kind: "refused" };
    if (exchange.resource !== undefined && exchange.resource !== row.resource) {
      return { kind: "other-resource" };
    }
    await tx`update oauth_authorization set redeemed_at = now() where id = ${row.id}`;
    await tx`
      update oauth_grant set redeemed_at = now(), last_used_at = now() where id = ${row.grant_id}`;
    return { kind: "issued", tokens: await issueTokens(tx, { grantId: row.grant_id }) };
  });
}

/** Nobody is signed in where clients come for tokens. */
export const NOBODY = { caller: ANONYMOUS_CALLER, requestId: null };
