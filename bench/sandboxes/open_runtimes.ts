import { join } from "node:path";
import { buildGuestPrograms } from "../../sandboxes/deno/deno_programs.ts";
import { DenoRuntime } from "../../sandboxes/deno/deno_runtime.ts";
import { buildExtismGuest } from "../../sandboxes/extism/extism_program.ts";
import { ExtismRuntime } from "../../sandboxes/extism/extism_runtime.ts";
import { probeIsolation } from "../../sandboxes/process/isolation.ts";
import type { ProcessRuntimeOptions } from "../../sandboxes/process/process_runtime.ts";
import { buildQuickjsProgram } from "../../sandboxes/quickjs/quickjs_program.ts";
import { QuickjsRuntime } from "../../sandboxes/quickjs/quickjs_runtime.ts";
import { SnapshotStore } from "../../sandboxes/quickjs/snapshot_store.ts";

const SNAPSHOT_BYTES = 2 ** 30;

/** What sandboxes of every kind need, held as strongly as this machine can. */
async function shared(directory: string): Promise<ProcessRuntimeOptions> {
  const denoPath = Deno.execPath();
  // As the machine has it: what is measured is what a gateway here would use.
  const isolation = await probeIsolation({
    denoPath,
    searchPath: ["/usr/local/bin", "/usr/bin", "/bin"],
  });
  return { denoPath, isolation, runDirectory: join(directory, "run") };
}

/** Deno sandboxes with their program and state below `directory`. */
export async function openDenoRuntime(directory: string): Promise<DenoRuntime> {
  const programs = join(directory, "deno");
  await buildGuestPrograms(programs);
  return new DenoRuntime({ ...await shared(directory), guestFile: join(programs, "guest.js") });
}

/** QuickJS sandboxes with their program and state below `directory`. */
export async function openQuickjsRuntime(directory: string): Promise<QuickjsRuntime> {
  const program = await buildQuickjsProgram(join(directory, "quickjs"));
  return new QuickjsRuntime({
    ...await shared(directory),
    loadProgram: () => Promise.resolve(program),
    snapshots: new SnapshotStore({
      directory: join(directory, "snapshots"),
      maxBytes: SNAPSHOT_BYTES,
    }),
  });
}

/** Extism sandboxes with their program and state below `directory`. */
export async function openExtismRuntime(directory: string): Promise<ExtismRuntime> {
  const guestFile = await buildExtismGuest(join(directory, "extism"));
  return new ExtismRuntime({ ...await shared(directory), guestFile });
}
