import { join } from "node:path";
import { AirlockError } from "../../spec/errors.ts";
import type { Limits } from "../../spec/limits.ts";
import type { LoadUnit, RuntimeKind, SandboxNeed } from "../../spec/sandbox.ts";
import { HostedSandbox } from "./hosted_sandbox.ts";
import type { IsolationReport } from "./isolation.ts";
import { removeTree } from "./run_directory.ts";
import { type CodeCacheUse, spawnCommand } from "./spawn_command.ts";

/** What every runtime whose sandboxes are Deno processes is made of. */
export interface ProcessRuntimeOptions {
  /** Absolute path of the Deno executable. */
  readonly denoPath: string;
  readonly isolation: IsolationReport;
  /** Directory for the files of live sandboxes. */
  readonly runDirectory: string;
  /** Makes command lines; replaced by tests that show what a loosened one would let through. */
  readonly command?: typeof spawnCommand;
}

/** A sandbox's code directory on the host, and as its guest sees it. */
export interface CodeDirectory {
  readonly path: string;
  readonly seenAs: string;
}

/** One sandbox process. */
export interface ProcessPlan {
  readonly runtime: RuntimeKind;
  /** Absolute path of the guest program. */
  readonly guestFile: string;
  /** What the process may do and use; `tree` takes the place of a code directory of its own. */
  readonly need: SandboxNeed;
  /** Limits of the tool, where they are not those of the process. */
  readonly limits: Limits;
  /** Resident memory at which the process is killed. */
  readonly maxRssBytes: number;
  readonly engineFlags?: readonly string[];
  /** Compiled code of the guest program, where there is any. */
  readonly codeCache?: CodeCacheUse;
  /** Makes code visible in the code directory, and returns the URL to load as the guest sees it. */
  readonly place: (unit: LoadUnit, code: CodeDirectory) => Promise<string>;
}

/**
 * Starts a sandbox process in a directory of its own, which is gone when the process is.
 * @throws {AirlockError} `sandbox_crashed` at stage `acquire` when it does not start.
 */
export async function startProcess(
  options: ProcessRuntimeOptions,
  plan: ProcessPlan,
): Promise<HostedSandbox> {
  const { denoPath, isolation: { tools }, command: makeCommand = spawnCommand } = options;
  const { guestFile, need, engineFlags, codeCache, limits, maxRssBytes } = plan;
  const directory = join(options.runDirectory, crypto.randomUUID());
  const codeDirectory = need.tree ?? join(directory, "code");
  const tmpDirectory = join(directory, "tmp");
  const cleanUp = () => removeTree(directory);
  try {
    await Deno.mkdir(tmpDirectory, { recursive: true, mode: 0o700 });
    if (need.tree === undefined) await Deno.mkdir(codeDirectory, { mode: 0o755 });
    const command = makeCommand({
      ...{ tools, denoPath, guestFile, codeDirectory, tmpDirectory, need, engineFlags, codeCache },
    });
    const code = { path: codeDirectory, seenAs: command.guestCodeDirectory };
    return await HostedSandbox.start({
      ...{ runtime: plan.runtime, command, limits, maxRssBytes, cleanUp },
      place: (unit) => plan.place(unit, code),
    });
  } catch (cause) {
    await cleanUp();
    if (cause instanceof AirlockError) throw cause;
    throw new AirlockError("sandbox_crashed", "Starting a sandbox: the process did not start", {
      stage: "acquire",
      suggestion: "Run `airlock doctor` on the gateway's machine",
      cause,
    });
  }
}

/** Names needs that the same process can serve: all that is fixed when a process starts. */
export function processClass({ permissions, limits, tree }: SandboxNeed): string {
  const { fs, netDirect } = permissions;
  return JSON.stringify([limits.memoryBytes, fs, [...netDirect].sort(), tree ?? null]);
}

/** Makes a file of an artifact visible in a sandbox's own directory, without copying it. */
export async function linkFile(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch {
    // Another file system, or one without hard links: a copy does the same, only slower.
    await Deno.copyFile(from, to);
  }
}
