import type { ChosenCall } from "./call.ts";

/**
 * Stage: remembers how long the call took, for the choice of later ones. Not of calls that waited
 * for the network or were answered without running: their time says nothing about the runtime.
 */
export function noteCall({ record, artifact, tools }: ChosenCall): void {
  const { runtime, sandboxStart, cache } = record;
  if (runtime === null || cache === "hit" || record.egress().length > 0) return;
  const { acquire = 0, load = 0, tool } = record.timings;
  if (tool === undefined || sandboxStart === null) return;
  tools.note(artifact.digest, {
    runtime,
    startMs: acquire + load,
    toolMs: tool,
    cold: sandboxStart !== "preloaded",
  });
}
