import { fileURLToPath } from "node:url";

/** What `restore_samples.ts` prints. */
export interface RestoreSamples {
  /** Loading the module once, and taking its state. */
  readonly prepareMs: number;
  readonly snapshotBytes: number;
  /** Calls in instances restored from that state. */
  readonly restoredMs: readonly number[];
  /** Calls in instances that load the module first. */
  readonly anewMs: readonly number[];
}

/** Flags of V8 that sandboxes have too. */
const RESTORE_FLAGS = "--v8-flags=--expose-gc,--stack-size=6000";

/** Runs `restore_samples.ts` in a process of its own. @throws {Error} when it fails. */
export async function runRestoreSamples(rounds: number): Promise<RestoreSamples> {
  const program = fileURLToPath(new URL("restore_samples.ts", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "-A", RESTORE_FLAGS, program, String(rounds)],
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`time QuickJS calls: the program failed: ${text(stderr)}`);
  const samples: RestoreSamples = JSON.parse(text(stdout));
  return samples;
}
