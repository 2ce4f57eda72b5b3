import type { ArtifactLock } from "../../spec/artifact.ts";
import type { DefinitionFinding } from "../../spec/definition_finding.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { ChangeState, Pin, PinChange, ToolState } from "../../spec/pin.ts";
import type { SourceKind } from "../../spec/tool.ts";

/** Columns that pins and changes have in common. */
interface StateRow {
  readonly source: SourceKind;
  readonly package_name: string;
  readonly tool_name: string;
  readonly version: string;
  readonly lock: ArtifactLock;
  readonly lock_hash: string;
  readonly definition: JsonObject;
  readonly definition_hash: string;
  readonly state_hash: string;
  readonly findings: readonly DefinitionFinding[];
}

/** A row of `tool_pin`. */
export interface PinRow extends StateRow {
  readonly id: string;
  readonly collection_id: string;
  readonly tool_id: string;
  readonly owner_id: string;
  readonly hosts: readonly string[];
  readonly revision: number;
  readonly updated_at: Date;
}

/** A row of `pin_change`. */
export interface ChangeRow extends StateRow {
  readonly id: string;
  readonly pin_id: string;
  readonly state: ChangeState;
  readonly seen_at: Date;
  readonly decided_at: Date | null;
}

/** A pin as the program knows it. */
export function pinOf(row: PinRow): Pin {
  return {
    ...stateOf(row),
    id: row.id,
    collectionId: row.collection_id,
    toolId: row.tool_id,
    ownerId: row.owner_id,
    findings: row.findings,
    hosts: row.hosts,
    revision: row.revision,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A change as the program knows it. */
export function changeOf(row: ChangeRow): PinChange {
  return {
    ...stateOf(row),
    id: row.id,
    pinId: row.pin_id,
    state: row.state,
    findings: row.findings,
    seenAt: row.seen_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
  };
}

/** Columns of a state, to be written. JSON is text: the statement says what it is. */
export function stateColumns(state: ToolState) {
  return {
    source: state.source,
    package_name: state.packageName,
    tool_name: state.toolName,
    version: state.version,
    lock: JSON.stringify(state.lock),
    lock_hash: state.lockHash,
    definition: JSON.stringify(state.definition),
    definition_hash: state.definitionHash,
    state_hash: state.stateHash,
  };
}

function stateOf(row: StateRow): ToolState {
  return {
    source: row.source,
    packageName: row.package_name,
    toolName: row.tool_name,
    version: row.version,
    lock: row.lock,
    lockHash: row.lock_hash,
    definition: row.definition,
    definitionHash: row.definition_hash,
    stateHash: row.state_hash,
  };
}
