import type { Artifact } from "./artifact.ts";
import type { RuntimeExplanation } from "./runtime_explanation.ts";
import type { RuntimeKind } from "./sandbox.ts";
import type { SourceWish } from "./tool.ts";

/** Asks what a package offers. */
export interface DescribeRequest {
  readonly packageName: string;
  readonly version?: string;
  readonly source?: SourceWish;
  /** Older executor contract: accepted where it points at the configured esm origin. */
  readonly importUrl?: string;
}

/** Asks where a package, or one tool of it, would run. */
export interface ExplainRequest extends DescribeRequest {
  /** The tool; absent for the whole package. */
  readonly name?: string;
  /** As if a call insisted on this one. */
  readonly runtime?: RuntimeKind;
}

/** What may be told about an artifact: everything but where it lies on disk. */
export type PackageDescription = Pick<Artifact, "digest" | "manifest" | "lock" | "sizeBytes">;

/** Who asks for a description, and how they listen. */
export interface DescribeContext {
  /** The account that asks: what is private is described to its owner only. */
  readonly tenant: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/** Says what a package offers, preparing its artifact where that has not been done yet. */
export interface Describer {
  /** @throws {AirlockError} `artifact_failed`, `invalid_input`, `deadline_exceeded`, `shutting_down`. */
  describe(request: DescribeRequest, context: DescribeContext): Promise<PackageDescription>;
  /**
   * Says where a call that asks for nothing would run, and why.
   * @throws {AirlockError} as {@linkcode describe} does.
   */
  explain(request: ExplainRequest, context: DescribeContext): Promise<RuntimeExplanation>;
}
