import type { AnySql, Sql } from "../../registry/database/database.ts";
import type { Tier } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { nameActor } from "../audit/actor_setting.ts";
import type { Actor } from "../audit/write_audit.ts";
import { notFound } from "../require_permission.ts";

/** What an account should be; what is absent stays. */
export interface AccountWish {
  /** Address of a user, or slug of an organisation. */
  readonly name: string;
  readonly tier?: Tier;
  /** Whether a user looks after the installation. */
  readonly admin?: boolean;
}

/**
 * Changes what an account is given, its keys included. The database notes it in the audit log.
 * @throws {AirlockError} `not_found`; `invalid_input` for an organisation that should be an admin.
 */
export async function changeAccount(
  sql: Sql,
  actor: Actor,
  { name, tier, admin }: AccountWish,
): Promise<{ readonly id: string }> {
  return await sql.begin(async (tx) => {
    await nameActor(tx, actor);
    const id = await accountId(tx, name);
    if (admin === true && !isAddress(name)) throw notAUser();
    const [row] = await tx<{ tenant: string }[]>`
      update account_setting set
        tier = ${tier === undefined ? tx`tier` : tier},
        is_admin = ${admin === undefined ? tx`is_admin` : admin}
      where id = ${id} returning tenant`;
    if (row === undefined || id === null) throw notFound("user");
    if (tier !== undefined) {
      await tx`update api_key set tier = ${tier} where owner_id = ${row.tenant}`;
    }
    return { id };
  });
}

async function accountId(tx: AnySql, name: string): Promise<string | null> {
  const [row] = isAddress(name)
    ? await tx<{ id: string }[]>`select id from "user" where email = ${name.toLowerCase()}`
    : await tx<{ id: string }[]>`select id from organization where slug = ${name}`;
  return row?.id ?? null;
}

function isAddress(name: string): boolean {
  return name.includes("@");
}

function notAUser(): AirlockError {
  return new AirlockError("invalid_input", "change account: an organisation is no admin", {
    stage: "request",
    suggestion: "Name a user by their address.",
  });
}
