import type { Caller } from "../../spec/account.ts";
import { authorise } from "../authorise.ts";
import type { CallableAgent } from "./callable_agent.ts";
import type { CallableCollection } from "./callable_collection.ts";
import { pickNamed } from "./find_offered.ts";
import type { OfferedTool } from "./offered_tool.ts";

/** A tool that an agent uses, and through what. */
export interface AgentTool extends OfferedTool {
  /** `null`: beside its collections, so without a pin. */
  readonly collectionId: string | null;
}

/**
 * The tool that a caller means by that name among those that an agent uses and the caller may call: of
 * its collections first, which hold it to a pin.
 * @param collections Those of the agent's that the caller may call through, in the agent's order.
 * @throws {AirlockError} `tool_not_found`, `conflict`.
 */
export function findAgentTool(
  caller: Caller,
  { agent, collections, tool }: {
    readonly agent: Pick<CallableAgent, "tools">;
    readonly collections: readonly CallableCollection[];
    readonly tool: string;
  },
): AgentTool {
  const held = collections.flatMap(({ id: collectionId, tools }) =>
    tools.map((offered): AgentTool => ({ ...offered, collectionId }))
  );
  const own = agent.tools.map((offered): AgentTool => ({ ...offered, collectionId: null }));
  const seen = [...held, ...own].filter(({ ownerId: tenant, visibility, collectionId }) =>
    authorise(caller, "execute", {
      ...{ kind: "tool", tenant, visibility },
      collectionId: collectionId ?? undefined,
    }).allowed
  );
  return pickNamed(seen, tool);
}
