import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { visibleTo } from "../visible_to.ts";
import { type SecretView, viewSecret } from "./secret_record.ts";

/** What part of a list is read. */
export interface ListSecretsOptions {
  readonly limit: number;
  /** Id of the last secret that was read before. */
  readonly after?: string;
  /** Those of one collection; those of the account and of all its collections where absent. */
  readonly collectionId?: string;
}

/** Secrets of the caller's account by name, without their values. Whether it may look is asked before. */
export async function listSecrets(
  sql: AnySql,
  caller: Caller,
  { limit, after, collectionId }: ListSecretsOptions,
): Promise<SecretView[]> {
  const rows = await sql`
    select id, name, collection_id, created_at, updated_at from secret
    where ${visibleTo(sql, caller, "secret")}
      and (${collectionId ?? null}::text is null or collection_id = ${collectionId ?? null})
      and (${after ?? null}::text is null or (name, id) >
        (select name, id from secret where id = ${after ?? null} and owner_id = ${caller.tenant}))
    order by name, id limit ${limit}`;
  return rows.map(viewSecret);
}
