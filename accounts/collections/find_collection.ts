import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import type { Actor } from "../audit/write_audit.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { visibleTo } from "../visible_to.ts";
import { collectionResource, type CollectionRow, collectionRow } from "./collection_record.ts";

/**
 * A collection that the caller may see, by its id or by its slug among the caller's own.
 * @throws {AirlockError} `not_found` also for those of others, `permission_denied`.
 */
export async function findCollection(
  sql: AnySql,
  caller: Caller,
  { name }: { readonly name: string },
): Promise<CollectionRow> {
  // No slug has an underscore, and every id has one.
  const named = name.includes("_")
    ? sql`id = ${name}`
    : sql`slug = ${name} and owner_id = ${caller.tenant}`;
  const [row] = await sql`
    select * from collection where ${named} and ${visibleTo(sql, caller, "collection")}`;
  if (row === undefined) throw notFound("collection");
  const found = collectionRow.parse(row);
  requirePermission(caller, "read", collectionResource(found));
  return found;
}

/**
 * A collection that the caller may change, and that nobody else changes until the transaction ends.
 * @throws {AirlockError} `not_found` also for those of others, `permission_denied`.
 */
export async function lockCollection(
  tx: AnySql,
  { caller }: Actor,
  { id }: { readonly id: string },
): Promise<CollectionRow> {
  const [row] = await tx`select * from collection where id = ${id} for update`;
  if (row === undefined) throw notFound("collection");
  const found = collectionRow.parse(row);
  requirePermission(caller, "write", collectionResource(found));
  return found;
}

/** What part of a list is read. */
export interface ListCollectionsOptions {
  readonly limit: number;
  /** Id of the last collection that was read before. */
  readonly after?: string;
  /** `public`: those of everybody; `own` ones of the caller's account where absent. */
  readonly of?: "own" | "public";
}

/** Collections that the caller may see, newest first. Whether it may look is asked before. */
export async function listCollections(
  sql: AnySql,
  caller: Caller,
  { limit, after, of = "own" }: ListCollectionsOptions,
): Promise<CollectionRow[]> {
  const whose = of === "own" ? sql`owner_id = ${caller.tenant}` : sql`visibility = 'public'`;
  const rows = await sql`
    select * from collection
    where ${whose} and ${visibleTo(sql, caller, "collection")}
      and (${after ?? null}::text is null or (created_at, id) < (
        select created_at, id from collection
        where id = ${after ?? null} and ${visibleTo(sql, caller, "collection")}))
    order by created_at desc, id desc limit ${limit}`;
  return rows.map((row) => collectionRow.parse(row));
}
