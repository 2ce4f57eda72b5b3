import type { StoredArtifact } from "./artifact_shelf.ts";

/** What to remove. Without any of them nothing is. */
export interface PruneOptions {
  /** The least recently used, until the rest has at most this much code. */
  readonly maxBytes?: number;
  /** Whatever was not used for this long. */
  readonly olderThanMs?: number;
  readonly all?: boolean;
  /** Also what package versions were locked to: a changed package is then built as if new. */
  readonly locks?: boolean;
}

/** What was removed. */
export interface PruneReport {
  readonly removed: readonly StoredArtifact[];
  /** Would have been removed, but somebody uses them. */
  readonly inUse: readonly StoredArtifact[];
  readonly freedBytes: number;
}

/** The state of the store that a decision depends on. */
export interface PruneState extends PruneOptions {
  /** Code that would stay if nothing more were removed. */
  readonly keptBytes: number;
  readonly nowMs: number;
}

/** Whether `stored`, the least recently used of what is left, is to go. */
export function isToGo(stored: StoredArtifact, state: PruneState): boolean {
  const { maxBytes = Number.POSITIVE_INFINITY, olderThanMs = Number.POSITIVE_INFINITY } = state;
  // What is illegible is of no use to anybody.
  if (state.all === true || stored.ref === null) return true;
  return state.keptBytes > maxBytes || state.nowMs - stored.lastUsedMs > olderThanMs;
}
