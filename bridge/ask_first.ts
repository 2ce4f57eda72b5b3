import type { Answer } from "./answer.ts";
import { CallRefusal } from "./call_refusal.ts";
import type { AskedCall, ToolApprovals } from "./tool_approvals.ts";

/** The same answer, once whoever is at the machine has approved of it, where they want to be asked. */
export function askFirst(
  answer: Answer,
  { server, tool, args, approvals }: Pick<AskedCall, "server" | "tool" | "args"> & {
    readonly approvals: Pick<ToolApprovals, "require">;
  },
): Answer {
  if (server.ask !== true) return answer;
  return async (how) => {
    const { caller, signal, timeoutMs } = how;
    const askedMs = performance.now();
    await approvals.require({ server, tool, args, caller, signal });
    const leftMs = Math.floor(timeoutMs - (performance.now() - askedMs));
    if (leftMs > 0) return await answer({ ...how, timeoutMs: leftMs });
    throw new CallRefusal("deadline_exceeded", "the answer on the machine came too late");
  };
}
