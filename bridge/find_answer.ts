import type { JsonObject } from "../spec/json.ts";
import type { Answer } from "./answer.ts";
import { askFirst } from "./ask_first.ts";
import type { GatewayCall } from "./protocol.ts";
import { subjectOf } from "./protocol/library_request.ts";
import type { ToolApprovals } from "./tool_approvals.ts";
import type { ToolServers } from "./tool_servers.ts";

/**
 * What a gateway is answered by, where this machine's configuration allows it, and whoever is at it does.
 * @throws {CallRefusal} `tool_not_found`, `not_offered`, `not_allowed`.
 */
export function findAnswer(
  call: GatewayCall,
  { servers, approvals }: {
    readonly servers: Pick<ToolServers, "find" | "findOffer">;
    readonly approvals: Pick<ToolApprovals, "require">;
  },
): Answer {
  if (call.type === "tool_call") {
    const { serverId, toolName, args } = call;
    const { server, tool } = servers.find(serverId, toolName);
    const answer: Answer = (how) => server.call({ ...how, toolName, args });
    return askFirst(answer, { server: server.config, tool, args, approvals });
  }
  const { serverId, request } = call;
  const { server, definition } = servers.findOffer(serverId, request);
  const { toolName: name, args } = shownCall(call);
  // Approved for good as it was registered, as tools are.
  const tool = { name, description: definition.description ?? "", inputSchema: { ...definition } };
  const answer: Answer = (how) => server.ask(request, how);
  return askFirst(answer, { server: server.config, tool, args, approvals });
}

/** A call for people and logs to read: a tool and its arguments, or what else is asked for. */
export function shownCall(
  call: GatewayCall,
): { readonly toolName: string; readonly args: JsonObject } {
  if (call.type === "tool_call") return call;
  const { method, params } = call.request;
  return { toolName: `${method} ${subjectOf(call.request)}`, args: { ...params } };
}
