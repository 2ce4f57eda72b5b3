import type { PinChange } from "../../spec/pin.ts";
import type { AnySql } from "../database/database.ts";
import { pinsOfPackage } from "./read_pins.ts";
import { recordChange } from "./record_change.ts";
import { type PinnedArtifact, toolState } from "./tool_state.ts";

/**
 * Holds a version of a package back wherever a tool of it is pinned to another state: for whoever
 * learns of new versions. A tool that the version has no more is left as it is pinned.
 * @returns What waits for a decision now.
 */
export async function noteVersion(
  sql: AnySql,
  artifact: PinnedArtifact,
): Promise<readonly PinChange[]> {
  const { source, packageName } = artifact.manifest.resolved;
  const waiting: PinChange[] = [];
  for (const pin of await pinsOfPackage(sql, { source, packageName })) {
    const state = toolState(artifact, pin.toolName);
    const change = state === null ? null : await recordChange(sql, pin, state);
    if (change?.state === "waiting") waiting.push(change);
  }
  return waiting;
}
