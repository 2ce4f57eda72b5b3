import { kill } from "node:process";
import { z } from "zod";
import { readPrivate, writePrivate } from "./private_file.ts";

const stateSchema = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  gateway: z.string(),
  connected: z.boolean(),
  servers: z.array(z.object({ id: z.string(), state: z.string(), tools: z.int() })),
});

/** What a bridge that runs tells other commands of itself. */
export type BridgeState = z.output<typeof stateSchema>;

/** What runs now; `null` where nothing does. */
export async function readBridgeState(path: string): Promise<BridgeState | null> {
  const text = await readPrivate(path);
  if (text === null) return null;
  try {
    const state = stateSchema.parse(JSON.parse(text));
    // Signal 0 asks, and does nothing.
    kill(state.pid, 0);
    return state;
  } catch {
    // Left by one that was killed, or by another version.
    return null;
  }
}

/** Takes note of what runs. */
export async function writeBridgeState(path: string, state: BridgeState): Promise<void> {
  await writePrivate(path, JSON.stringify(state));
}
