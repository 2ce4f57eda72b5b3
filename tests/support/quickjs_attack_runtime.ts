import { join } from "node:path";
import { buildQuickjsProgram } from "../../sandboxes/quickjs/quickjs_program.ts";
import { QuickjsRuntime } from "../../sandboxes/quickjs/quickjs_runtime.ts";
import { SnapshotStore } from "../../sandboxes/quickjs/snapshot_store.ts";
import type { RuntimeParts } from "./hostile_sandbox.ts";

/** The real QuickJS runtime, for attacks; its states lie in a directory beside its program. */
export async function makeQuickjsRuntime(
  { guestDirectory, ...parts }: RuntimeParts,
): Promise<QuickjsRuntime> {
  const program = await buildQuickjsProgram(guestDirectory);
  return new QuickjsRuntime({
    ...parts,
    loadProgram: () => Promise.resolve(program),
    snapshots: new SnapshotStore({ directory: statesOf(guestDirectory), maxBytes: 2 ** 30 }),
  });
}

/** Where {@linkcode makeQuickjsRuntime} keeps states. */
export function statesOf(guestDirectory: string): string {
  return join(guestDirectory, "states");
}
