import type { Limits } from "../../spec/limits.ts";
import type { LoadUnit, RuntimeKind } from "../../spec/sandbox.ts";
import type { SpawnCommand } from "./spawn_command.ts";

/** What a {@linkcode HostedSandbox} needs from the runtime that makes it. */
export interface HostedSandboxOptions {
  readonly runtime: RuntimeKind;
  readonly command: SpawnCommand;
  readonly limits: Limits;
  /** Resident memory at which the process is killed. */
  readonly maxRssBytes: number;
  /** Makes an artifact's code visible inside, and returns the URL of its entry there. */
  readonly place: (unit: LoadUnit) => Promise<string>;
  /** Removes what `place` and the runtime left on disk; called once, after the process has ended. */
  readonly cleanUp: () => Promise<void>;
}
