import type { Artifact, ArtifactLock } from "./artifact.ts";
import type { DefinitionFinding } from "./definition_finding.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { SourceKind } from "./tool.ts";

/** What a tool is, as far as a change of it would matter to whoever approved it. */
export interface ToolState {
  readonly source: SourceKind;
  readonly packageName: string;
  readonly toolName: string;
  /** Exact. */
  readonly version: string;
  /** Integrity of every package or module in its tree. */
  readonly lock: ArtifactLock;
  /** Lower-case hex SHA-256, as are the others. */
  readonly lockHash: string;
  /** Name, description, schemas, declared environment and permissions. */
  readonly definition: JsonObject;
  readonly definitionHash: string;
  /** Names version, lock and definition together. */
  readonly stateHash: string;
}

/** What a call that comes through a collection is held to. */
export interface CallPin extends Pick<ToolState, "packageName" | "version" | "lockHash"> {
  readonly collectionId: string;
  readonly toolId: string;
  readonly source: SourceKind;
  /** What a fetch is held to, should the artifact not be there any more. */
  readonly lock: ArtifactLock;
  /** By name of tool. A tool that is not named here is not pinned, and does not run. */
  readonly definitionHashes: Readonly<Record<string, string>>;
}

/** A tool that was not run, for it is not what it was pinned to. */
export interface HeldTool extends Pick<Artifact, "manifest" | "lock"> {
  readonly toolName: string;
}

/** The hashes of an artifact that pins go by. */
export interface ArtifactFingerprint {
  readonly lockHash: string;
  /** `undefined` where the artifact has no such tool. */
  readonly definitionHashOf: (toolName: string) => string | undefined;
}

/** A tool of a collection, held to what it was when it was approved. */
export interface Pin extends ToolState {
  readonly id: string;
  readonly collectionId: string;
  readonly toolId: string;
  /** Account of the collection. */
  readonly ownerId: string;
  readonly findings: readonly DefinitionFinding[];
  /** Hosts that calls through the collection have reached. */
  readonly hosts: readonly string[];
  /** Counts what was accepted; 1 as first pinned. */
  readonly revision: number;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** What became of a change: `waiting` until somebody decides. */
export type ChangeState = "waiting" | "accepted" | "rejected";

/** What a pinned tool would be, held back until somebody accepts it. */
export interface PinChange extends ToolState {
  readonly id: string;
  readonly pinId: string;
  readonly state: ChangeState;
  readonly findings: readonly DefinitionFinding[];
  /** ISO 8601. */
  readonly seenAt: string;
  readonly decidedAt: string | null;
}

/** What is different between two locks: `name@version` and module paths. */
export interface LockDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Same name and version, another integrity. */
  readonly changed: readonly string[];
  /** Another version of the same package: `name 1.0.0 → 1.1.0`. */
  readonly moved: readonly string[];
}

/** One member of a definition that differs. */
export interface DefinitionChange {
  /** JSON pointer. */
  readonly where: string;
  /** Absent where the member is new. */
  readonly before?: JsonValue;
  /** Absent where the member is gone. */
  readonly after?: JsonValue;
}

/** A file of code that differs. */
export interface FilePatch {
  readonly path: string;
  /** Unified diff; `null` where it would be too long or the text is not made to be read. */
  readonly patch: string | null;
  readonly addedLines: number;
  readonly removedLines: number;
}

/** What is different in code. */
export interface FilesDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly FilePatch[];
  /** Files that differ and are not told, for there are too many. */
  readonly leftOut: number;
}

/** Hosts that code names, and those that were reached. */
export interface HostsDiff {
  /** Reached by calls so far. */
  readonly seen: readonly string[];
  /** Named in the new code, and not in the old. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** All that is different between a pin and a change of it. */
export interface PinDiff {
  readonly from: string;
  readonly to: string;
  readonly lock: LockDiff;
  readonly definition: readonly DefinitionChange[];
  readonly files: FilesDiff | null;
  readonly hosts: HostsDiff | null;
  /** Why code was not compared; `null` where it was. */
  readonly codeMissing: string | null;
  /** What the scan says of the new definition. */
  readonly findings: readonly DefinitionFinding[];
}
