import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { type Tier, TIERS } from "../../spec/account.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { notFound, requirePermission } from "../require_permission.ts";

/** An account as whoever looks after the installation sees it. */
export interface AccountView {
  /** Of the user or the organisation. */
  readonly id: string;
  /** What its things are owned by. */
  readonly tenant: string;
  readonly tier: Tier;
}

const accountRow = z.object({ id: z.string(), tenant: z.string(), tier: z.enum(TIERS) });

const SYSTEM = { kind: "system", tenant: null, visibility: "private" } as const;

/**
 * One account.
 * @throws {AirlockError} `not_found`; `permission_denied` without the scope `admin`.
 */
export async function findAccount(
  sql: AnySql,
  { caller }: Actor,
  { id }: { readonly id: string },
): Promise<AccountView> {
  requirePermission(caller, "read", SYSTEM);
  const [row] = await sql`select id, tenant, tier from account_setting where id = ${id}`;
  if (row === undefined) throw notFound("account");
  return accountRow.parse(row);
}

/**
 * Gives an account a tier, and its keys with it. Sessions follow within a second.
 * @throws {AirlockError} `not_found`; `permission_denied` without the scope `admin`.
 */
export async function setAccountTier(
  tx: AnySql,
  actor: Actor,
  { id, tier }: { readonly id: string; readonly tier: Tier },
): Promise<AccountView> {
  requirePermission(actor.caller, "write", SYSTEM);
  const [found] =
    await tx`select id, tenant, tier from account_setting where id = ${id} for update`;
  if (found === undefined) throw notFound("account");
  const before = accountRow.parse(found);
  if (before.tier === tier) return before;
  await tx`update account_setting set tier = ${tier} where id = ${id}`;
  await writeAudit(tx, actor, {
    tenant: before.tenant,
    action: "account.tier_changed",
    subject: { kind: "account", id },
    details: { from: before.tier, to: tier },
  });
  return { ...before, tier };
}
