import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { visibleTo } from "../visible_to.ts";
import { agentResource, type AgentRow, agentRow } from "./agent_record.ts";

/** Columns of an agent with what it uses: of that, what the caller may see. */
function agentColumns(sql: AnySql, caller: Caller) {
  return sql`agent.*,
    array(
      select collection_id from agent_collection join collection on collection.id = collection_id
      where agent_id = agent.id
        and ${visibleTo(sql, caller, { kind: "collection", table: "collection" })}
      order by agent_collection.position) as collection_ids,
    array(
      select tool_id from agent_tool join tool on tool.id = tool_id
      where agent_id = agent.id and tool.removed_at is null
        and ${visibleTo(sql, caller, { kind: "tool", table: "tool" })}
      order by agent_tool.position) as tool_ids`;
}

/**
 * An agent that the caller may see, by its id or by its slug among the caller's own.
 * @throws {AirlockError} `not_found` also for those of others, `permission_denied`.
 */
export async function findAgent(
  sql: AnySql,
  caller: Caller,
  { name }: { readonly name: string },
): Promise<AgentRow> {
  // No slug has an underscore, and every id has one.
  const named = name.includes("_")
    ? sql`agent.id = ${name}`
    : sql`agent.slug = ${name} and agent.owner_id = ${caller.tenant}`;
  const [row] = await sql`
    select ${agentColumns(sql, caller)} from agent
    where ${named} and ${visibleTo(sql, caller, { kind: "agent", table: "agent" })}`;
  if (row === undefined) throw notFound("agent");
  const found = agentRow.parse(row);
  requirePermission(caller, "read", agentResource(found));
  return found;
}

/** What part of a list is read. */
export interface ListAgentsOptions {
  readonly limit: number;
  /** Id of the last agent that was read before. */
  readonly after?: string;
  /** `public`: those of everybody; `own` ones of the caller's account where absent. */
  readonly of?: "own" | "public";
}

/** Agents that the caller may see, newest first. Whether it may look is asked before. */
export async function listAgents(
  sql: AnySql,
  caller: Caller,
  { limit, after, of = "own" }: ListAgentsOptions,
): Promise<AgentRow[]> {
  const isSeen = visibleTo(sql, caller, { kind: "agent", table: "agent" });
  const whose = of === "own"
    ? sql`agent.owner_id = ${caller.tenant}`
    : sql`agent.visibility = 'public'`;
  const rows = await sql`
    select ${agentColumns(sql, caller)} from agent
    where ${whose} and ${isSeen}
      and (${after ?? null}::text is null or (agent.created_at, agent.id) < (
        select created_at, id from agent where id = ${after ?? null} and ${isSeen}))
    order by agent.created_at desc, agent.id desc limit ${limit}`;
  return rows.map((row) => agentRow.parse(row));
}
