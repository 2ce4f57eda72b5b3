import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import type { CallCeiling, Caller, Scope } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { RateOverrides } from "../../spec/rate_limit.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { lockRoom } from "../lock_room.ts";
import { ceilingWithin } from "./ceiling_within.ts";
import { type KeyRow, keyRow } from "./key_record.ts";
import { newToken } from "./key_token.ts";
import { ratesWithin } from "./rates_within.ts";

/** Most keys that one account may have that are not revoked. */
export const MAX_KEYS_PER_ACCOUNT = 200;

/** What a new key should be. Account, person and tier follow from the caller. */
export interface KeyWish {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly collections: readonly string[] | null;
  readonly ceiling: CallCeiling;
  readonly expiresAt: Date | null;
  /** Absent: those of the tier alone. */
  readonly rateLimits?: RateOverrides | null;
}

/** A key just made: the only time that its token is known. */
export interface NewKey {
  readonly row: KeyRow;
  readonly token: string;
}

/**
 * Makes a key of the caller's account, within `tx`. It never allows more than the caller may do.
 * @throws {AirlockError} `permission_denied`, `invalid_input`, `resource_limit`.
 */
export async function createKey(tx: AnySql, actor: Actor, wish: KeyWish): Promise<NewKey> {
  const { caller } = actor;
  const scopes = checkScopes(wish.scopes, caller);
  checkExpiry(wish.expiresAt);
  await checkRoom(tx, caller.tenant);
  const rates = await ratesWithin(tx, { caller, wanted: wish.rateLimits ?? null });
  const key = await insertKey(tx, {
    owner_id: caller.tenant,
    user_id: caller.userId,
    name: wish.name,
    scopes,
    collections: narrowed(wish.collections, caller.collections),
    ceiling: ceilingWithin(wish.ceiling, caller.ceiling),
    tier: caller.tier,
    expires_at: wish.expiresAt,
    ...rates,
    rates_counted_as: null,
  });
  await writeAudit(tx, actor, {
    action: "key.created",
    subject: { kind: "key", id: key.row.id },
    details: {
      ...{ name: wish.name, scopes, expiresAt: wish.expiresAt?.toISOString() ?? null },
      ...(rates.rate_limits && { rateLimits: told(rates.rate_limits) }),
    },
  });
  return key;
}

/** What a key is, without what is made for it. */
export type KeyFields =
  & Pick<
    KeyRow,
    | "owner_id"
    | "user_id"
    | "name"
    | "scopes"
    | "ceiling"
    | "tier"
    | "expires_at"
    | "rate_limits"
    | "rates_replace_tier"
    | "rates_counted_as"
  >
  & { readonly collections: readonly string[] | null };

/** Writes the row of a new key, and makes its token. */
export async function insertKey(tx: AnySql, fields: KeyFields): Promise<NewKey> {
  const id = newId("key");
  const { token, hash, hint } = newToken(id);
  const collections = fields.collections === null ? null : [...fields.collections];
  const [row] = await tx`
    insert into api_key (id, owner_id, user_id, name, secret_hash, hint, scopes, collections,
      ceiling, tier, expires_at, rate_limits, rates_replace_tier, rates_counted_as)
    values (${id}, ${fields.owner_id}, ${fields.user_id}, ${fields.name}, ${hash}, ${hint},
      ${fields.scopes}::text[], ${collections}::text[],
      ${JSON.stringify(fields.ceiling)}::text::jsonb, ${fields.tier}, ${fields.expires_at},
      ${fields.rate_limits && JSON.stringify(fields.rate_limits)}::text::jsonb,
      ${fields.rates_replace_tier}, ${fields.rates_counted_as})
    returning *`;
  return { row: keyRow.parse(row), token };
}

function told(limits: RateOverrides): JsonValue {
  return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, { ...limit }]));
}

function checkScopes(wanted: readonly Scope[], caller: Caller): Scope[] {
  const scopes = [...new Set(wanted)];
  const missing = scopes.filter((scope) => !caller.scopes.has(scope));
  if (missing.length === 0) return scopes;
  throw new AirlockError("permission_denied", `create key: you do not hold ${missing.join(", ")}`, {
    stage: "request",
    suggestion: "Ask for scopes that you hold yourself.",
    details: { scopes: missing },
  });
}

function checkExpiry(expiresAt: Date | null): void {
  if (expiresAt === null || expiresAt.getTime() > Date.now()) return;
  throw new AirlockError("invalid_input", "create key: it would have expired already", {
    stage: "request",
    suggestion: "Choose a time to come, or none.",
  });
}

async function checkRoom(tx: AnySql, tenant: string): Promise<void> {
  await lockRoom(tx, "api key", { owner: [tenant] });
  const [found] = await tx<{ count: number }[]>`
    select count(*)::int as count from api_key where owner_id = ${tenant} and revoked_at is null`;
  if (found !== undefined && found.count < MAX_KEYS_PER_ACCOUNT) return;
  throw new AirlockError(
    "resource_limit",
    `create key: the account has ${MAX_KEYS_PER_ACCOUNT} already`,
    { stage: "request", suggestion: "Revoke keys that are not used any more." },
  );
}

function narrowed(
  wanted: readonly string[] | null,
  held: readonly string[] | null,
): readonly string[] | null {
  if (held === null) return wanted;
  return wanted === null ? held : wanted.filter((id) => held.includes(id));
}
