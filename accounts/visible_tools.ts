import type { AnySql } from "../registry/database/database.ts";
import type { Caller } from "../spec/account.ts";
import { type Condition, visibleTo } from "./visible_to.ts";

/**
 * What a caller sees of the catalog, as a condition on columns of `tool` or `tools`: what it can call. A
 * key that is held to collections sees the tools in them.
 */
export function visibleTools(sql: AnySql, caller: Caller): Condition {
  if (caller.collections === null) return visibleTo(sql, caller, "tool");
  const ofAnybody = visibleTo(sql, { ...caller, collections: null }, "tool");
  return sql`(${ofAnybody} and id in (
    select place.tool_id from collection_tool as place
    join collection on collection.id = place.collection_id
    where ${visibleTo(sql, caller, { kind: "collection", table: "collection" })}))`;
}
