import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { VISIBILITIES, type Visibility } from "../collections/collection_record.ts";
import { type KeptExecutor, keptExecutorSchema } from "../collections/kept_executor.ts";
import { offeredColumns, type OfferedTool, readOffered } from "./offered_tool.ts";

/** What calls need to know of an agent: the same for whoever calls. */
export interface CallableAgent {
  readonly ownerId: string;
  readonly visibility: Visibility;
  readonly executor: KeptExecutor | null;
  /** Ids of the collections that it uses, in its order. */
  readonly collectionIds: readonly string[];
  /** Those that it uses beside them, in its order. */
  readonly tools: readonly OfferedTool[];
}

const agentRow = z.object({
  owner_id: z.string(),
  visibility: z.enum(VISIBILITIES),
  executor: keptExecutorSchema.nullable(),
  collection_ids: z.array(z.string()),
});

/** The agent of that id; `null` where there is none. Whoever asks decides who may use it. */
export async function readCallableAgent(sql: AnySql, id: string): Promise<CallableAgent | null> {
  const [row] = await sql`
    select owner_id, visibility, executor,
      array(
        select collection_id from agent_collection where agent_id = agent.id order by position
      ) as collection_ids
    from agent where id = ${id}`;
  if (row === undefined) return null;
  const tools = await sql`
    select null::text as display_name, ${offeredColumns(sql)}
    from agent_tool as place join tools on tools.id = place.tool_id
    where place.agent_id = ${id} order by place.position`;
  const { owner_id: ownerId, collection_ids: collectionIds, ...agent } = agentRow.parse(row);
  return { ...agent, ownerId, collectionIds, tools: tools.map(readOffered) };
}
