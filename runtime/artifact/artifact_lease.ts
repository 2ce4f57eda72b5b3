import type { Artifact } from "../../spec/artifact.ts";
import type { Hold } from "./hold_table.ts";

/** An artifact that stays on disk until the lease is disposed. */
export interface ArtifactLease extends Disposable {
  readonly artifact: Artifact;
  /** A lease of its own life on the same artifact. Only before this one is disposed. */
  share(): ArtifactLease;
}

/** A lease that lasts as long as `hold`. */
export function leaseOf(artifact: Artifact, hold: Hold): ArtifactLease {
  return {
    artifact,
    share: () => leaseOf(artifact, hold.share()),
    [Symbol.dispose]: () => hold[Symbol.dispose](),
  };
}
