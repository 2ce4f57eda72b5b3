import type { ArtifactLock, ArtifactManifest } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Pin } from "../../spec/pin.ts";
import type { AnySql } from "../database/database.ts";
import { enterPin, type PinEntry } from "./enter_pin.ts";
import { toolState } from "./tool_state.ts";

/**
 * Pins a tool, on its entry into a collection, to the version that the catalog has of it: what whoever
 * puts it there has seen. Belongs into the transaction of the entry.
 * @throws {AirlockError} `tool_not_found`; `conflict` where the catalog does not know what the version
 * consists of.
 */
export async function pinFromCatalog(sql: AnySql, entry: Omit<PinEntry, "state">): Promise<Pin> {
  const [row] = await sql<KnownTool[]>`
    select tool.name, package_version.manifest, package_version.lock
    from tool join package_version on package_version.id = tool.version_id
    where tool.id = ${entry.toolId} and tool.removed_at is null`;
  if (row === undefined) throw noTool();
  const { name, manifest, lock } = row;
  if (manifest === null || lock === null) {
    throw new AirlockError("conflict", "Pinning the tool: nobody knows yet what it consists of", {
      stage: "request",
      suggestion:
        "Add its package again with `airlock add`, then put the tool into the collection.",
    });
  }
  const state = toolState({ manifest, lock }, name);
  if (state === null) throw noTool();
  return await enterPin(sql, { ...entry, state });
}

interface KnownTool {
  readonly name: string;
  readonly manifest: ArtifactManifest | null;
  readonly lock: ArtifactLock | null;
}

function noTool(): AirlockError {
  return new AirlockError("tool_not_found", "Pinning the tool: there is none of that id", {
    stage: "request",
    suggestion: "List tools with `airlock tools`.",
  });
}
