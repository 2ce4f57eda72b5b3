import { z } from "zod";
import type { AnySql, Sql } from "../../registry/database/database.ts";
import { type Caller, TIERS } from "../../spec/account.ts";
import { createKey } from "../keys/create_key.ts";
import { sha256 } from "../oauth/oauth_secret.ts";
import { DEVICE_INTERVAL_SECONDS } from "./device_login.ts";
import { DEVICE_SCOPE } from "./device_scope.ts";
import { endKey } from "./end_key.ts";

/** However often it asks too soon, it need not wait longer than this. */
const MAX_INTERVAL_SECONDS = 60;

/** What a machine that comes back is told. */
export type RedeemedDevice =
  | {
    readonly kind: "issued";
    /** An API key that can connect a bridge, and nothing else. Nobody but the machine ever sees it. */
    readonly token: string;
    /** Who allowed it, so that whoever is at the machine sees whether that was them. */
    readonly allowedBy: Pick<Caller, "tenant" | "userId">;
  }
  | { readonly kind: "pending" | "slow_down" | "denied" | "expired" }
  /** It is none, and it is nobody's business what else. */
  | { readonly kind: "refused" }
  /** It was exchanged before: somebody has it who should not, so the key has ended. */
  | { readonly kind: "ended"; readonly keyId: string | null };

const waitingRow = z.object({
  id: z.string(),
  machine: z.string(),
  owner_id: z.string().nullable(),
  user_id: z.string().nullable(),
  tier: z.enum(TIERS).nullable(),
  decision: z.enum(["allowed", "denied"]).nullable(),
  redeemed_at: z.date().nullable(),
  key_id: z.string().nullable(),
  is_over: z.boolean(),
  is_early: z.boolean(),
});

/**
 * A machine comes for its key (RFC 8628 §3.4): it gets one, once, after somebody has allowed it.
 * @throws {AirlockError} `resource_limit` where the account has too many keys.
 */
export async function redeemDevice(
  sql: Sql,
  { deviceCode, requestId }: { readonly deviceCode: string; readonly requestId: string },
): Promise<RedeemedDevice> {
  return await sql.begin(async (tx: AnySql): Promise<RedeemedDevice> => {
    const [found] = await tx`
      select *, expires_at <= now() as is_over,
        coalesce(polled_at > now() - interval_seconds * interval '1 second', false) as is_early
      from device_login where device_hash = ${sha256(deviceCode)} for update`;
    if (found === undefined) return { kind: "refused" };
    const row = waitingRow.parse(found);
    if (row.redeemed_at !== null) {
      if (row.key_id !== null) {
        await endKey(tx, { id: row.key_id, since: "its code was used again" });
      }
      return { kind: "ended", keyId: row.key_id };
    }
    if (row.is_over) return { kind: "expired" };
    if (row.decision === "denied") return { kind: "denied" };
    if (row.decision === null || row.owner_id === null || row.tier === null) {
      return await wait(tx, row);
    }
    const caller = deviceCaller(row.owner_id, row.user_id, row.tier);
    const { token, row: key } = await createKey(tx, { caller, requestId }, {
      ...{ name: `bridge ${row.machine}`, scopes: [DEVICE_SCOPE], collections: null },
      ...{ ceiling: {}, expiresAt: null },
    });
    await tx`
      update device_login set redeemed_at = now(), key_id = ${key.id} where id = ${row.id}`;
    return { kind: "issued", token, allowedBy: caller };
  });
}

async function wait(
  tx: AnySql,
  { id, is_early }: z.output<typeof waitingRow>,
): Promise<RedeemedDevice> {
  await tx`
    update device_login set polled_at = now(), interval_seconds = least(${MAX_INTERVAL_SECONDS},
      interval_seconds + ${is_early ? DEVICE_INTERVAL_SECONDS : 0})
    where id = ${id}`;
  return { kind: is_early ? "slow_down" : "pending" };
}

/** Whoever allowed it, with no more than what they allowed. */
function deviceCaller(tenant: string, userId: string | null, tier: Caller["tier"]): Caller {
  return {
    kind: userId === null ? "owner" : "user",
    ...{ tenant, userId, tier, keyId: null },
    scopes: new Set([DEVICE_SCOPE] as const),
    ...{ collections: null, ceiling: {} },
  };
}
