import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { missingAccount } from "../require_permission.ts";
import { type GrantRow, grantRow } from "./grant_record.ts";

/**
 * Lets through who may look after grants: persons, whether theirs or their account's.
 * @throws {AirlockError} `unauthenticated`, `permission_denied`.
 */
export function requirePerson(caller: Caller): void {
  if (caller.kind !== "user" && caller.kind !== "owner") throw missingAccount(caller);
}

/** Whoever looks after an account sees all of its grants, its other members their own. */
export function isGrantOf(
  { owner_id, user_id }: GrantRow,
  { tenant, userId, managesAccount }: Caller,
): boolean {
  return owner_id === tenant &&
    (managesAccount === true || (userId !== null && user_id === userId));
}

/** What part of a list is read. */
export interface ListGrantsOptions {
  readonly limit: number;
  /** Id of the last grant that was read before. */
  readonly after?: string;
}

/** Grants that a person may look after, newest first, those that clients came for. */
export async function listGrants(
  sql: AnySql,
  { tenant, userId, managesAccount = false }: Caller,
  { limit, after }: ListGrantsOptions,
): Promise<GrantRow[]> {
  const rows = await sql`
    select * from oauth_grant
    where owner_id = ${tenant} and redeemed_at is not null
      and (${managesAccount} or user_id = ${userId})
      and (${after ?? null}::text is null or (created_at, id) <
        (select created_at, id from oauth_grant where id = ${
    after ?? null
  } and owner_id = ${tenant}))
    order by created_at desc, id desc limit ${limit}`;
  return rows.map((row) => grantRow.parse(row));
}
