import { z } from "zod";
import { type CallCeiling, SCOPES, TIERS } from "../../spec/account.ts";
import type { RateOverrides } from "../../spec/rate_limit.ts";
import { rateOverridesSchema } from "../limits/rate_limit_schemas.ts";
import { limitsSchema, permissionsSchema } from "../grant_schemas.ts";

/** Most collections that a key may be held to. */
export const MAX_KEY_COLLECTIONS = 100;

/** A ceiling as it is stored and sent. */
export const ceilingSchema: z.ZodType<CallCeiling> = z.strictObject({
  permissions: permissionsSchema.optional(),
  limits: limitsSchema.optional(),
  runtimes: z.array(z.enum(["deno", "quickjs", "extism"])).min(1).readonly().optional(),
});

/** A row of `api_key`. What the database holds is parsed, as all that comes from outside is. */
export const keyRow = z.object({
  id: z.string(),
  owner_id: z.string(),
  user_id: z.string().nullable(),
  name: z.string(),
  secret_hash: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  hint: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  collections: z.array(z.string()).nullable(),
  ceiling: ceilingSchema,
  tier: z.enum(TIERS),
  rate_limits: rateOverridesSchema.nullable(),
  rates_replace_tier: z.boolean(),
  rates_counted_as: z.string().nullable(),
  expires_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  replaced_by: z.string().nullable(),
  last_used_at: z.date().nullable(),
  created_at: z.date(),
});

/** A key in the database, its hash included: never leaves `accounts/keys`. */
export type KeyRow = z.output<typeof keyRow>;

/** A key as lists show it. */
export interface KeyView {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly scopes: KeyRow["scopes"];
  readonly collections: readonly string[] | null;
  readonly ceiling: CallCeiling;
  readonly tier: KeyRow["tier"];
  /** Its own; `null` where it has none. */
  readonly rateLimits: RateOverrides | null;
  /** Whether those hold instead of its tier's, or beside them. */
  readonly replacesTier: boolean;
  readonly state: "active" | "expired" | "revoked";
  readonly replacedBy: string | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
}

/** What may be told of a key. */
export function viewKey(row: KeyRow, now: Date): KeyView {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    collections: row.collections,
    ceiling: row.ceiling,
    tier: row.tier,
    rateLimits: row.rate_limits,
    replacesTier: row.rates_replace_tier,
    state: keyState(row, now),
    replacedBy: row.replaced_by,
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}

/** Whether a key opens anything at that time. */
export function keyState(
  row: Pick<KeyRow, "expires_at" | "revoked_at">,
  now: Date,
): KeyView["state"] {
  if (row.revoked_at !== null) return "revoked";
  return row.expires_at !== null && row.expires_at <= now ? "expired" : "active";
}
