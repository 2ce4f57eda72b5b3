import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { notFound } from "../require_permission.ts";
import { visibleTo } from "../visible_to.ts";

/** Most collections, and most tools beside them, that one agent uses. */
export const MAX_AGENT_USES = 200;

/** What an agent should use; what is absent stays as it is. */
export interface AgentUses {
  readonly id: string;
  readonly collectionIds?: readonly string[];
  readonly toolIds?: readonly string[];
}

/**
 * Replaces what an agent uses by what is named, in that order.
 * @throws {AirlockError} `not_found`, `tool_not_found` for what the caller may not see,
 * `resource_limit`, `invalid_input` for what is named twice.
 */
export async function setAgentUses(
  tx: AnySql,
  caller: Caller,
  { id, collectionIds, toolIds }: AgentUses,
): Promise<void> {
  if (collectionIds !== undefined) {
    checkList(collectionIds, "collections");
    await tx`delete from agent_collection where agent_id = ${id}`;
    const { count } = await tx`
      insert into agent_collection (agent_id, collection_id, position)
      select ${id}, collection.id, wanted.position
      from unnest(${[...collectionIds]}::text[]) with ordinality as wanted (wanted_id, position)
      join collection on collection.id = wanted.wanted_id
      where ${visibleTo(tx, caller, { kind: "collection", table: "collection" })}`;
    if (count !== collectionIds.length) throw notFound("collection");
  }
  if (toolIds !== undefined) {
    checkList(toolIds, "tools");
    await tx`delete from agent_tool where agent_id = ${id}`;
    const { count } = await tx`
      insert into agent_tool (agent_id, tool_id, position)
      select ${id}, tool.id, wanted.position
      from unnest(${[...toolIds]}::text[]) with ordinality as wanted (wanted_id, position)
      join tool on tool.id = wanted.wanted_id
      where tool.removed_at is null
        and ${visibleTo(tx, caller, { kind: "tool", table: "tool" })}`;
    if (count !== toolIds.length) throw notFound("tool");
  }
}

function checkList(ids: readonly string[], what: string): void {
  if (ids.length > MAX_AGENT_USES) {
    throw new AirlockError("resource_limit", `change agent: over ${MAX_AGENT_USES} ${what}`, {
      stage: "request",
      suggestion: "Put tools into a collection, and let the agent use that.",
    });
  }
  if (new Set(ids).size === ids.length) return;
  throw new AirlockError("invalid_input", `change agent: ${what} are named twice`, {
    stage: "request",
    suggestion: "Name each once.",
  });
}
