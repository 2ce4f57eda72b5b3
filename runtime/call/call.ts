import type { Artifact } from "../../spec/artifact.ts";
import type { EgressPort, EgressRecord } from "../../spec/egress.ts";
import type { CallContext, ExecutionRequest, Refusal } from "../../spec/execution.ts";
import type { JsonSchema, JsonValue } from "../../spec/json.ts";
import type { NetGrant } from "../../spec/permissions.ts";
import type { ArtifactFingerprint } from "../../spec/pin.ts";
import type { IsolationLevel, RuntimeKind, SandboxNeed } from "../../spec/sandbox.ts";
import type { PrepareFor } from "../artifact/prepare_artifact.ts";
import type { ResultCache } from "../cache/result_cache.ts";
import type { ResultKeyMaker } from "../cache/result_keys.ts";
import type { CallPolicy } from "../call_policy.ts";
import type { CallRecord } from "../call_record.ts";
import type { SandboxPool } from "../pool/sandbox_pool.ts";
import type { EvidenceBook } from "../selection/evidence/evidence_book.ts";
import type { Prover } from "../selection/proof/prover.ts";
import type { SelectionChoice } from "../selection/selection_context.ts";

/** A call's way out that can be closed. */
export interface OpenEgress extends EgressPort {
  records(): EgressRecord[];
  close(): void;
}

/** The parts that calls are made with. */
export interface CallTools {
  readonly prepare: PrepareFor;
  /** @throws {AirlockError} `no_runtime` when every runtime refuses. */
  readonly select: (choice: SelectionChoice) => {
    readonly runtime: RuntimeKind;
    /** What may take over when that one fails, best first. */
    readonly fallbacks: readonly RuntimeKind[];
    readonly refusals: readonly Refusal[];
  };
  /** @throws {AirlockError} `invalid_input` when `params` do not match `schema`. */
  readonly validate: (schema: JsonSchema, params: JsonValue) => void;
  readonly pools: ReadonlyMap<RuntimeKind, SandboxPool>;
  readonly openEgress: (grant: NetGrant, signal: AbortSignal) => OpenEgress;
  /** The package that an older caller's `importUrl` names. @throws {AirlockError} */
  readonly parseImportUrl: (importUrl: string) => { packageName: string; version?: string };
  readonly isolation: IsolationLevel;
  readonly policy: CallPolicy & {
    readonly defaultSource: "npm" | "esm" | "auto";
    readonly isolationMode: "shared" | "per-call";
    /** Calls of one sandbox that may overlap, where the artifact says that it can. */
    readonly callConcurrency: number;
    readonly loadTimeoutMs: number;
  };
  /** Results of earlier calls. */
  readonly results: { readonly cache: ResultCache; readonly keys: ResultKeyMaker };
  /** Remembers how a call went. */
  readonly note: EvidenceBook["note"];
  /** Remembers what was seen of a tool in a runtime. */
  readonly prove: EvidenceBook["prove"];
  /** Has a call's result compared with that of another runtime; returns at once. */
  readonly consider: Prover["consider"];
  /** The hashes of an artifact that pins go by. */
  readonly fingerprint: (artifact: Artifact) => ArtifactFingerprint;
  /** Told of errors that nobody foresaw. */
  readonly onUnexpected: (error: unknown, requestId: string) => void;
}

/** One call on its way through the stages: each adds what it found out. */
export interface Call {
  readonly request: ExecutionRequest;
  readonly context: CallContext;
  readonly tools: CallTools;
  readonly record: CallRecord;
}

/** What the call may do and use is decided. */
export interface PlannedCall extends Call {
  readonly artifact: Artifact;
  /** As the code knows it. */
  readonly toolName: string;
  readonly env: Readonly<Record<string, string>>;
  readonly need: SandboxNeed;
}

/** Where the call runs is decided. */
export interface ChosenCall extends PlannedCall {
  readonly runtime: RuntimeKind;
  readonly fallbacks: readonly RuntimeKind[];
}
