import type { BridgeState } from "./bridge_state.ts";
import { processMark } from "./process_mark.ts";

const LOOK_MS = 50;

/** How a bridge was ended. */
export type EndedBridge = "ended" | "killed" | "unknown";

/**
 * Asks the process of a bridge to end, and waits until it has; after `graceMs` it is killed, and servers
 * with it. Never is another process asked that has its number by now.
 * @returns `unknown`, with nothing done, where the system does not tell processes apart.
 */
export async function endBridge(
  { pid, mark }: Pick<BridgeState, "pid" | "mark">,
  { graceMs }: { readonly graceMs: number },
): Promise<EndedBridge> {
  if (mark === null || await processMark(pid) === undefined) return "unknown";
  const runs = async () => await processMark(pid) === mark;
  const send = async (signal: Deno.Signal, withinMs: number) => {
    const endMs = performance.now() + withinMs;
    if (await runs()) kill(pid, signal);
    while (await runs()) {
      if (performance.now() > endMs) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return true;
  };
  if (await send("SIGTERM", graceMs)) return "ended";
  await send("SIGKILL", graceMs);
  return "killed";
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // It ended in between, which is what was wanted.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
