import { join } from "node:path";

/** Where a bridge keeps what is its own: all of it below one directory of its user. */
export interface BridgePaths {
  readonly directory: string;
  readonly config: string;
  readonly credentials: string;
  readonly log: string;
  /** Tools that were approved for good. */
  readonly approved: string;
  /** What runs now. */
  readonly state: string;
  /** What only the process that runs has locked. */
  readonly lock: string;
}

/** Paths below a home directory. */
export function bridgePaths(home: string): BridgePaths {
  const directory = join(home, ".airlock");
  return {
    directory,
    config: join(directory, "bridge.json"),
    credentials: join(directory, "credentials.json"),
    log: join(directory, "bridge.log"),
    approved: join(directory, "approved.json"),
    state: join(directory, "bridge-state.json"),
    lock: join(directory, "bridge.lock"),
  };
}
