import { CallRefusal } from "./call_refusal.ts";
import type { ServerSupervisor } from "./server_supervisor.ts";
import type { ToolApprovals } from "./tool_approvals.ts";

/** The same server, whose tools are called once whoever is at the machine has approved them. */
export function askFirst(
  server: Pick<ServerSupervisor, "config" | "tools" | "call">,
  approvals: Pick<ToolApprovals, "require">,
): Pick<ServerSupervisor, "call"> {
  if (server.config.ask !== true) return server;
  return {
    async call(call) {
      const { toolName, args, caller, signal, timeoutMs } = call;
      const tool = server.tools.find(({ name }) => name === toolName);
      if (tool === undefined) throw new CallRefusal("tool_not_found", "the tool has gone");
      const askedMs = performance.now();
      await approvals.require({ server: server.config, tool, args, caller, signal });
      const leftMs = Math.floor(timeoutMs - (performance.now() - askedMs));
      if (leftMs > 0) return await server.call({ ...call, timeoutMs: leftMs });
      throw new CallRefusal("deadline_exceeded", "the answer on the machine came too late");
    },
  };
}
