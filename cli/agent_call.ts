import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { AirlockError } from "../spec/errors.ts";
import { callOnce } from "./call_once.ts";
import type { CliDeps } from "./cli_deps.ts";
import { onDatabase } from "./on_database.ts";
import { parseParams } from "./parse_params.ts";

/** What is called, by what an agent calls it. */
export interface CliAgentCall {
  /** Id or slug. */
  readonly agent: string;
  readonly tool: string;
  /** JSON. */
  readonly params: string;
}

/** Runs a tool that an agent uses, as over HTTP, and prints what it answers. */
export function callAgent(deps: CliDeps, { agent, tool, params }: CliAgentCall): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { findAgent } = await import("../accounts/agents/find_agent.ts");
    const { findAgentCall } = await import("../gateway/call_offered.ts");
    const { id: agentId } = await findAgent(database.sql, OWNER_CALLER, { name: agent });
    const parsed = parseParams(params);
    await using accounts = await deps.openAccounts(config, { database, url: () => "" });
    const { result } = await callOnce(async ({ pins }) => {
      const call = { agentId, tool };
      const { ref, pinned, through } = await findAgentCall(OWNER_CALLER, call, { accounts, pins });
      const grant = await accounts.grantThrough(OWNER_CALLER, through);
      return { request: { ...ref, params: parsed, env: {} }, held: { ...pinned, grant } };
    }, { config, deps, database });
    if (result.success) return deps.terminal.out(`${JSON.stringify(result.output)}\n`);
    throw new AirlockError(result.code, result.error, { suggestion: result.suggestion });
  });
}
