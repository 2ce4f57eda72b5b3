import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { type Caller, TIERS } from "../../spec/account.ts";
import { FreshCache } from "../cache/fresh_cache.ts";
import { invalidKey, KEY_CACHE_BOUNDS } from "../keys/verify_key.ts";
import { partsOfToken, sha256 } from "./oauth_secret.ts";

/** An access token that is known. */
export interface KnownToken {
  readonly hash: Uint8Array;
  readonly expiresAtMs: number;
  readonly grantId: string;
  readonly caller: Caller;
}

/** Options of {@linkcode TokenVerifier}. */
export interface TokenVerifierOptions {
  /** Reads one access token; `null` where there is none that opens anything. */
  readonly read: (id: string) => Promise<KnownToken | null>;
  readonly onFailure: (error: unknown) => void;
  /** Any monotonic clock. */
  readonly nowMs?: () => number;
}

/** Compared with where there is no such token, so that both answers take the same time. */
const NO_HASH = new Uint8Array(32);

/** Grants that ended on this node lately: for as long as something of them may be in memory. */
const MAX_ENDED = 1_000;

/** Finds out what an access token stands for: revoked on another node, it opens nothing after a second. */
export class TokenVerifier {
  readonly #cache: FreshCache<KnownToken>;
  readonly #ended = new Set<string>();

  constructor({ read, onFailure, nowMs = () => performance.now() }: TokenVerifierOptions) {
    const bounds = KEY_CACHE_BOUNDS;
    this.#cache = new FreshCache({ what: "access token", read, bounds, nowMs, onFailure });
  }

  /** Whether a text looks like one of ours, so that it is none of the keys. */
  isToken(text: string): boolean {
    return partsOfToken(text)?.kind === "access";
  }

  /**
   * The caller that a token stands for, without a promise where it is in memory.
   * @throws {AirlockError} `unauthenticated`, the same whatever is wrong; `upstream_failed` and
   * `rate_limited` where it cannot be found out now. By throwing or by rejecting.
   */
  verify(token: string): Caller | Promise<Caller> {
    const parts = partsOfToken(token);
    if (parts?.kind !== "access") throw invalidKey();
    const found = this.#cache.find(parts.id);
    return found instanceof Promise
      ? found.then((known) => this.#check(token, known))
      : this.#check(token, found);
  }

  /** A grant ended on this node: from now on nothing of it opens anything. */
  forget(grantId: string): void {
    this.#ended.add(grantId);
    const [oldest] = this.#ended;
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  #check(token: string, known: KnownToken | null): Caller {
    const isRight = timingSafeEqual(sha256(token), known?.hash ?? NO_HASH);
    const isOver = known === null || Date.now() >= known.expiresAtMs ||
      this.#ended.has(known.grantId);
    if (!isRight || isOver) throw invalidKey();
    return known.caller;
  }
}

const accessRow = z.object({
  id: z.string(),
  hash: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  expires_at: z.date(),
  owner_id: z.string(),
  user_id: z.string().nullable(),
  endpoint: z.string(),
  collection_id: z.string().nullable(),
  tier: z.enum(TIERS),
});

/** The access token of that id, for authentication only. */
export async function readAccessToken(sql: AnySql, id: string): Promise<KnownToken | null> {
  const [found] = await sql`
    select allowed.id, held.hash, held.expires_at, allowed.owner_id, allowed.user_id,
      allowed.endpoint, allowed.collection_id, coalesce(setting.tier, allowed.tier) as tier
    from oauth_token held join oauth_grant allowed on allowed.id = held.grant_id
      left join account_setting setting on setting.tenant = allowed.owner_id
    where held.id = ${id} and held.kind = 'access' and allowed.revoked_at is null`;
  if (found === undefined) return null;
  const row = accessRow.parse(found);
  return {
    hash: row.hash,
    expiresAtMs: row.expires_at.getTime(),
    grantId: row.id,
    caller: callerOfGrant({
      ...{ id: row.id, tenant: row.owner_id, userId: row.user_id, tier: row.tier },
      ...{ endpoint: row.endpoint, collectionId: row.collection_id },
    }),
  };
}

/** Who a client is that was let in: it calls tools of one endpoint, and that is all. */
export function callerOfGrant(
  grant: Pick<Caller, "tenant" | "userId" | "tier"> & {
    readonly id: string;
    readonly endpoint: string;
    readonly collectionId: string | null;
  },
): Caller {
  const { id, tenant, userId, tier, endpoint, collectionId } = grant;
  return {
    kind: "key",
    keyId: id,
    scopes: new Set(["mcp:execute"] as const),
    collections: collectionId === null ? null : [collectionId],
    ceiling: {},
    ...{ tenant, userId, tier, endpoint },
  };
}
