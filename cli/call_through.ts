import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { AirlockError } from "../spec/errors.ts";
import { callOnce } from "./call_once.ts";
import type { CliDeps } from "./cli_deps.ts";
import { onDatabase } from "./on_database.ts";
import { parseParams } from "./parse_params.ts";

/** What is called, by what an agent or a collection calls it. */
export interface CliCall {
  /** Id or slug: of one of the two. */
  readonly through: { readonly agent: string } | { readonly collection: string };
  readonly tool: string;
  /** JSON. */
  readonly params: string;
}

/** Runs a tool of an agent or of a collection, as over HTTP, and prints what it answers. */
export function callThrough(deps: CliDeps, { through, tool, params }: CliCall): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { findAgentCall, findOfferedCall } = await import("../gateway/call_offered.ts");
    const { sql } = database;
    const parsed = parseParams(params);
    await using accounts = await deps.openAccounts(config, { database, url: () => "" });
    const { result } = await callOnce(async ({ pins }) => {
      const parts = { accounts, pins };
      const find = async () => {
        if ("agent" in through) {
          const { findAgent } = await import("../accounts/agents/find_agent.ts");
          const { id: agentId } = await findAgent(sql, OWNER_CALLER, { name: through.agent });
          return await findAgentCall(OWNER_CALLER, { agentId, tool }, parts);
        }
        const { findCollection } = await import("../accounts/collections/find_collection.ts");
        const name = through.collection;
        const { id: collectionId } = await findCollection(sql, OWNER_CALLER, { name });
        const call = { collectionId, naming: { tool } };
        const offered = await findOfferedCall(OWNER_CALLER, call, parts);
        return { ...offered, through: { collectionId } };
      };
      const found = await find();
      const grant = await accounts.grantThrough(OWNER_CALLER, found.through);
      const request = { ...found.ref, params: parsed, env: {} };
      return { request, held: { ...found.pinned, grant } };
    }, { config, deps, database });
    if (result.success) return deps.terminal.out(`${JSON.stringify(result.output)}\n`);
    throw new AirlockError(result.code, result.error, { suggestion: result.suggestion });
  });
}
