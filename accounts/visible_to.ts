import type { PendingQuery, Row } from "postgres";
import type { AnySql } from "../registry/database/database.ts";
import type { Caller } from "../spec/account.ts";
import { type ResourceKind, SHAREABLE_KINDS } from "./resource.ts";

/** An SQL condition. */
export type Condition = PendingQuery<Row[]>;

/** Which rows {@linkcode visibleTo} is asked about. */
export interface VisibleRows {
  readonly kind: ResourceKind;
  /** Name or alias of their table, where the query has more than one. */
  readonly table?: string;
  /**
   * Column that holds the id of the collection through which they are reached. Without one, keys that
   * are held to collections see none of them, collections themselves apart.
   */
  readonly collectionColumn?: string;
}

/** Rows of a kind; more where the query or the caller's key calls for it. */
export type RowsAsked = ResourceKind | VisibleRows;

/**
 * The rule of `isVisible` as a condition on the columns `owner_id` and `visibility` (the latter only
 * for kinds that can be shared). Rows without an owner are nobody's.
 */
export function visibleTo(
  sql: AnySql,
  caller: Caller,
  rows: RowsAsked,
): Condition {
  const { kind, table, collectionColumn } = typeof rows === "string" ? { kind: rows } : rows;
  if (kind === "system") return sql`true`;
  const column = (name: string) => sql(table === undefined ? name : `${table}.${name}`);
  const isOwn = caller.kind === "anonymous"
    ? sql`false`
    : sql`coalesce(${column("owner_id")} = ${caller.tenant}, false)`;
  const isSeen = SHAREABLE_KINDS.has(kind)
    ? sql`(${isOwn} or ${column("visibility")} = 'public')`
    : isOwn;
  if (caller.collections === null) return isSeen;
  const within = collectionColumn ?? (kind === "collection" ? "id" : undefined);
  if (within === undefined) return sql`false`;
  const held = sql`coalesce(${column(within)} = any(${[...caller.collections]}::text[]), false)`;
  return sql`(${held} and ${isSeen})`;
}
