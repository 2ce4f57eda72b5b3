import { kill } from "node:process";
import { z } from "zod";
import { readPrivate, writePrivate } from "./private_file.ts";
import { processMark } from "./process_mark.ts";

const stateSchema = z.object({
  pid: z.int().positive(),
  /** Of the process; `null` where the system does not say. */
  mark: z.string().nullable(),
  startedAt: z.string(),
  /** Whether it was started by `start --daemon`. */
  background: z.boolean(),
  gateway: z.string(),
  connected: z.boolean(),
  servers: z.array(z.object({ id: z.string(), state: z.string(), tools: z.int() })),
});

/** What a bridge that runs tells other commands of itself. */
export type BridgeState = z.output<typeof stateSchema>;

/** What of it changes while it runs. */
export type BridgeNow = Pick<BridgeState, "gateway" | "connected" | "servers">;

/** What runs now; `null` where nothing does. A number that another process has by now is none. */
export async function readBridgeState(path: string): Promise<BridgeState | null> {
  const text = await readPrivate(path);
  if (text === null) return null;
  const parsed = stateSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { pid, mark } = parsed.data;
  const now = await processMark(pid);
  const runs = now === undefined ? isTaken(pid) : now !== null && now === mark;
  return runs ? parsed.data : null;
}

/** Takes note of what runs. */
export async function writeBridgeState(path: string, state: BridgeState): Promise<void> {
  await writePrivate(path, JSON.stringify(state));
}

/** Left by another version, or by hand, it says nothing. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The best that can be said where processes of one number are not told apart. */
function isTaken(pid: number): boolean {
  try {
    // Signal 0 asks, and does nothing.
    return kill(pid, 0);
  } catch {
    // There is no process of that number.
    return false;
  }
}
