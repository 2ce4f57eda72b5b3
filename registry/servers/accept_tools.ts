import type { AnySql } from "../database/database.ts";
import { AirlockError } from "../../spec/errors.ts";

/** A definition that somebody has looked at. */
export interface AcceptedTool {
  readonly name: string;
  /** Of what waits. */
  readonly digest: string;
}

/**
 * Approves what tools of a server would be, if that is still what was looked at: all of it or nothing.
 * @throws {AirlockError} `precondition_failed`.
 */
export async function acceptTools(
  tx: AnySql,
  serverId: string,
  { tools }: { readonly tools: readonly AcceptedTool[] },
): Promise<void> {
  for (const { name, digest } of tools) {
    const { count } = await tx`
      update mcp_server_tool set definition = offered, digest = offered_digest,
        findings = offered_findings, offered = null, offered_digest = null,
        offered_findings = '[]', offered_at = null
      where server_id = ${serverId} and name = ${name} and offered_digest = ${digest}`;
    if (count === 0) throw another(name);
  }
}

function another(name: string): AirlockError {
  return new AirlockError("precondition_failed", "accept tool: it is another by now", {
    stage: "request",
    suggestion: "Look at the server's tools again, and accept what is there now.",
    details: { tool: name },
  });
}
