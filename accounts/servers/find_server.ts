import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import type { Actor } from "../audit/write_audit.ts";
import { collectionResource } from "../collections/collection_record.ts";
import { findCollection } from "../collections/find_collection.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { serverResource, type ServerRow, serverRow } from "./server_record.ts";

/** Which server of which collection. */
export interface ServerTarget {
  readonly collectionId: string;
  /** Its id, or its name there. */
  readonly server: string;
}

/**
 * A collection whose servers the caller may see: its own account's only, for where they are is nobody
 * else's business.
 * @throws {AirlockError} `not_found`, `permission_denied`.
 */
export async function requireServers(
  sql: AnySql,
  caller: Caller,
  { collectionId, action }: { readonly collectionId: string; readonly action: "read" | "write" },
): Promise<{ readonly id: string; readonly ownerId: string }> {
  const found = await findCollection(sql, caller, { name: collectionId });
  const { owner_id, id: collection_id } = found;
  if (action === "write") requirePermission(caller, "write", collectionResource(found));
  requirePermission(caller, action, serverResource({ owner_id, collection_id }));
  return { id: collection_id, ownerId: owner_id };
}

/** Servers of a collection, the oldest first. Whether the caller may look is asked before. */
export async function listServers(
  sql: AnySql,
  { collectionId, limit, after }: {
    readonly collectionId: string;
    readonly limit: number;
    readonly after?: string;
  },
): Promise<readonly ServerRow[]> {
  const rows = await sql`
    select * from mcp_server where collection_id = ${collectionId}
      and (${after ?? null}::text is null or (created_at, id) > (
        select created_at, id from mcp_server
        where id = ${after ?? null} and collection_id = ${collectionId}))
    order by created_at, id limit ${limit}`;
  return rows.map((row) => serverRow.parse(row));
}

/**
 * A server that the caller may see.
 * @throws {AirlockError} `not_found` also for those of others, `permission_denied`.
 */
export async function findServer(
  sql: AnySql,
  caller: Caller,
  { collectionId, server }: ServerTarget,
): Promise<ServerRow> {
  const { id } = await requireServers(sql, caller, { collectionId, action: "read" });
  return await read(sql`
    select * from mcp_server
    where collection_id = ${id} and (id = ${server} or name = ${server})`);
}

/**
 * A server that the caller may change, and that nobody else changes until the transaction ends.
 * @throws {AirlockError} `not_found` also for those of others, `permission_denied`.
 */
export async function lockServer(
  tx: AnySql,
  { caller }: Actor,
  { collectionId, server }: ServerTarget,
): Promise<ServerRow> {
  const { id } = await requireServers(tx, caller, { collectionId, action: "write" });
  return await read(tx`
    select * from mcp_server
    where collection_id = ${id} and (id = ${server} or name = ${server}) for update`);
}

async function read(rows: PromiseLike<readonly unknown[]>): Promise<ServerRow> {
  const [row] = await rows;
  if (row === undefined) throw notFound("server");
  return serverRow.parse(row);
}
