import type { Artifact } from "../../spec/artifact.ts";
import type { Limits } from "../../spec/limits.ts";
import type { Permissions } from "../../spec/permissions.ts";
import type { RuntimeProof } from "../../spec/runtime_explanation.ts";
import type { RuntimeFeature, RuntimeWish } from "../../spec/runtime_wish.ts";
import type { IsolationLevel, RuntimeKind } from "../../spec/sandbox.ts";
import type { SourceKind } from "../../spec/tool.ts";

/** A runtime of this gateway, and what its sandboxes can hold a call to. */
export interface RuntimeOffer {
  readonly kind: RuntimeKind;
  /** The level in force. */
  readonly isolation: IsolationLevel;
  /** Where the code that it runs comes from. */
  readonly sources: readonly SourceKind[];
  /** Whether it can run an artifact that is a package tree, not one file. */
  readonly runsTrees: boolean;
  /** Grants it can give: raw sockets, a private directory. */
  readonly grants: { readonly netDirect: boolean; readonly fsTmp: boolean };
  /** Memory bounds that it can enforce. */
  readonly memoryBytes: { readonly least: number; readonly most: number };
  readonly features: readonly RuntimeFeature[];
  /** How long starting takes where nothing is warm, until it was measured for an artifact. */
  readonly coldMs: number;
}

/** What is decided on: one call of one artifact. */
export interface SelectionChoice {
  readonly artifact: Artifact;
  /** The tool, as the code knows it; `null` for the whole package. */
  readonly tool: string | null;
  /** What the caller asked for. */
  readonly wanted: RuntimeKind | undefined;
  /** The only ones that the caller's key allows; `undefined` where it allows all. */
  readonly allowed?: readonly RuntimeKind[];
  /** What the package and the caller say beside that. */
  readonly wish: RuntimeWish;
  readonly permissions: Permissions;
  readonly limits: Limits;
}

/** Everything that stages look at. */
export interface SelectionContext extends SelectionChoice {
  readonly minIsolation: IsolationLevel;
  readonly evidence: ArtifactEvidence;
  /** Of the tool that is called. */
  readonly proofs: readonly RuntimeProof[];
  /** Runtimes that were shown to give the same results as the others, and no other ones. */
  readonly proven: ReadonlySet<RuntimeKind>;
}

/** How calls of one artifact went in one runtime. */
export interface RuntimeEvidence {
  /** Calls that the medians rest on; old ones count less. */
  readonly calls: number;
  /** Median time of the tool itself. */
  readonly toolMs: number;
  /** Median time until it could begin. */
  readonly startMs: number;
  /** Median time until it could begin where nothing was warm; absent where that was not seen. */
  readonly coldMs?: number;
}

/** What was measured of one artifact. */
export type ArtifactEvidence = Partial<Readonly<Record<RuntimeKind, RuntimeEvidence>>>;

/** What was measured, by artifact digest; empty where nothing was. */
export type EvidenceOf = (digest: string) => ArtifactEvidence;

/** What was compared, by artifact digest; empty where nothing was. */
export type ProofOf = (digest: string) => readonly RuntimeProof[];
