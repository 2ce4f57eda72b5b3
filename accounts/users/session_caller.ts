import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { type Caller, SCOPES, TIERS } from "../../spec/account.ts";

/** Who has signed in, and the organisation they work for at the moment. */
export interface SignedIn {
  readonly userId: string;
  readonly organizationId: string | null;
}

const settingRow = z.object({
  tenant: z.string(),
  is_admin: z.boolean(),
  tier: z.enum(TIERS),
  role: z.string().nullable(),
});

/** Roles of members that look after an organisation. */
const LEADING_ROLES: ReadonlySet<string> = new Set(["owner", "admin"]);

/**
 * The caller that a session stands for: the user, or the organisation as long as the user is a member
 * of it. `null` where the user is no more.
 */
export async function callerOfSession(
  sql: AnySql,
  { userId, organizationId }: SignedIn,
): Promise<Caller | null> {
  const rows = await sql`
    select setting.tenant, setting.is_admin, setting.tier, null as role
    from account_setting setting where setting.id = ${userId}
    union all
    select setting.tenant, false, setting.tier, member.role
    from member join account_setting setting on setting.id = member."organizationId"
    where member."userId" = ${userId} and member."organizationId" = ${organizationId}
    order by role nulls first`;
  const [own, organization] = rows.map((row) => settingRow.parse(row));
  if (own === undefined) return null;
  const account = organization ?? own;
  const roles = organization?.role?.split(",") ?? [];
  return {
    kind: "user",
    tenant: account.tenant,
    userId,
    keyId: null,
    scopes: new Set(SCOPES.filter((scope) => scope !== "admin" || account.is_admin)),
    collections: null,
    ceiling: {},
    tier: account.tier,
    managesAccount: organization === undefined || roles.some((role) => LEADING_ROLES.has(role)),
  };
}
