import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { visibleTo } from "../visible_to.ts";
import { type KeyRow, keyRow } from "./key_record.ts";

/** The key of that id, whoever has it: for authentication only. */
export async function readKey(sql: AnySql, id: string): Promise<KeyRow | null> {
  const [row] = await sql`select * from api_key where id = ${id}`;
  return row === undefined ? null : keyRow.parse(row);
}

/**
 * One key of the caller's account.
 * @throws {AirlockError} `not_found` for keys of others too.
 */
export async function findKey(
  sql: AnySql,
  caller: Caller,
  { id }: { readonly id: string },
): Promise<KeyRow> {
  const row = await readKey(sql, id);
  if (row === null) throw notFound("key");
  requirePermission(caller, "read", {
    kind: "key",
    tenant: row.owner_id,
    visibility: "private",
  });
  return row;
}

/** What part of a list is read. */
export interface ListKeysOptions {
  readonly limit: number;
  /** Id of the last key that was read before. */
  readonly after?: string;
}

/** Keys of the caller's account, newest first. Whether the caller may look is asked before. */
export async function listKeys(
  sql: AnySql,
  caller: Caller,
  { limit, after }: ListKeysOptions,
): Promise<KeyRow[]> {
  const rows = await sql`
    select * from api_key
    where ${visibleTo(sql, caller, "key")}
      and (${after ?? null}::text is null or (created_at, id) <
        (select created_at, id from api_key
         where id = ${after ?? null} and owner_id = ${caller.tenant}))
    order by created_at desc, id desc limit ${limit}`;
  return rows.map((row) => keyRow.parse(row));
}
