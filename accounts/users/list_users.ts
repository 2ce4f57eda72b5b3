import { z } from "zod";
import type { AnySql, Sql } from "../../registry/database/database.ts";
import { nameActor } from "../audit/actor_setting.ts";
import type { Actor } from "../audit/write_audit.ts";
import { type Tier, TIERS } from "../../spec/account.ts";
import { notFound } from "../require_permission.ts";
import { dropSignInsOf } from "../sign_ins/sign_in_grant.ts";

/** A user as whoever looks after the installation sees them. */
export interface UserView {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly admin: boolean;
  readonly tier: Tier;
  readonly createdAt: string;
}

const userRow = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  admin: z.boolean(),
  tier: z.enum(TIERS),
  created_at: z.date(),
}).transform(({ created_at, ...user }): UserView => ({
  ...user,
  createdAt: created_at.toISOString(),
}));

/** Users, first come first. */
export async function listUsers(
  sql: AnySql,
  { limit }: { readonly limit: number },
): Promise<UserView[]> {
  const rows = await sql`
    select person.id, email, name, coalesce(is_admin, false) as admin,
      coalesce(tier, 'FREE') as tier,
      person."createdAt" as created_at
    from "user" person left join account_setting setting on setting.id = person.id
    order by person."createdAt", person.id limit ${limit}`;
  return rows.map((row) => userRow.parse(row));
}

/**
 * The id of the user with that address.
 * @throws {AirlockError} `not_found`.
 */
export async function findUserId(sql: AnySql, email: string): Promise<string> {
  const [row] = await sql`select id from "user" where email = ${email.toLowerCase()}`;
  if (row === undefined) throw notFound("user");
  return z.string().parse(row.id);
}

/**
 * Removes a user with their sessions, their keys and what other servers let them in with. The installation stays closed to whoever has the
 * machine, also after the last one.
 * @throws {AirlockError} `not_found`.
 */
export async function removeUser(
  sql: Sql,
  email: string,
  { actor }: { readonly actor?: Actor } = {},
): Promise<void> {
  await sql.begin(async (tx) => {
    await nameActor(tx, actor);
    const [removed] =
      await tx`delete from "user" where email = ${email.toLowerCase()} returning id`;
    if (removed === undefined) throw notFound("user");
    await dropSignInsOf(tx, z.string().parse(removed.id));
  });
}
