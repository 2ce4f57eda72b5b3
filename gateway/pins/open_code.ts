import type { CodeFiles } from "../../registry/pins/code_files.ts";
import type { PinnedArtifact } from "../../registry/pins/tool_state.ts";
import type { ArtifactLock } from "../../spec/artifact.ts";
import type { SourceWish } from "../../spec/tool.ts";

/** A package to be looked at. */
export interface CodeRequest {
  readonly source: SourceWish;
  readonly packageName: string;
  /** Absent is the latest. */
  readonly version?: string;
  /** What it must consist of, should it have to be fetched. */
  readonly lock?: ArtifactLock;
}

/** A prepared package, on disk for as long as this is not disposed. */
export interface OpenedCode extends PinnedArtifact, Disposable {
  /** Texts of its code by path, within bounds. */
  files(): Promise<CodeFiles>;
}

/**
 * Prepares a package without running a tool of it.
 * @throws {AirlockError} as preparing does; the signal's reason.
 */
export type OpenCode = (request: CodeRequest, signal: AbortSignal) => Promise<OpenedCode>;
