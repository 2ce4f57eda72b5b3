import { z } from "zod";
import { VISIBILITIES, type Visibility } from "../collections/collection_record.ts";
import { type KeptExecutor, keptExecutorSchema } from "../collections/kept_executor.ts";
import type { Resource } from "../resource.ts";

/** A row of `agent`, with the ids of what it uses. */
export const agentRow = z.object({
  id: z.string(),
  owner_id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  visibility: z.enum(VISIBILITIES),
  instructions: z.string(),
  model: z.string(),
  executor: keptExecutorSchema.nullable(),
  revision: z.number(),
  created_at: z.date(),
  updated_at: z.date(),
  collection_ids: z.array(z.string()),
  tool_ids: z.array(z.string()),
});

/** {@linkcode agentRow} read. */
export type AgentRow = z.output<typeof agentRow>;

/** An agent as it is shown. */
export interface AgentView {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  readonly instructions: string;
  readonly model: string;
  /** Shown to its own account only. */
  readonly executor: KeptExecutor | null;
  /** In the agent's order. */
  readonly collectionIds: readonly string[];
  readonly toolIds: readonly string[];
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What `tenant` may be shown of an agent that it may see. */
export function viewAgent(row: AgentRow, tenant: string): AgentView {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    visibility: row.visibility,
    instructions: row.instructions,
    model: row.model,
    executor: row.owner_id === tenant ? row.executor : null,
    collectionIds: row.collection_ids,
    toolIds: row.tool_ids,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** An agent as permission goes by it. */
export function agentResource(row: Pick<AgentRow, "owner_id" | "visibility">): Resource {
  return { kind: "agent", tenant: row.owner_id, visibility: row.visibility };
}
