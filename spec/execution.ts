import type { CallGrant } from "./call_grant.ts";
import type { CallOrigin } from "./call_origin.ts";
import type { EgressRecord } from "./egress.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { ErrorCode, Stage } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import type { Limits } from "./limits.ts";
import type { Permissions } from "./permissions.ts";
import type { CallPin, HeldTool } from "./pin.ts";
import type { RuntimeWish } from "./runtime_wish.ts";
import type { IsolationLevel, LogEntry, RuntimeKind } from "./sandbox.ts";
import type { SourceWish, ToolRef } from "./tool.ts";

/** How the sandbox of a call came to be, cheapest first. */
export type StartKind = "preloaded" | "snapshot" | "blank" | "new" | "built";

/** One call, parsed: defaults not yet applied. */
export interface ExecutionRequest extends ToolRef, RuntimeWish {
  readonly params: JsonValue;
  readonly env: Readonly<Record<string, string>>;
  /** The one runtime to use; all others are refused. */
  readonly runtime?: RuntimeKind;
  readonly permissions?: Partial<Permissions>;
  readonly limits?: Partial<Limits>;
  readonly source?: SourceWish;
  /** Older executor contract: accepted where it points at the configured esm origin. */
  readonly importUrl?: string;
  /** `per-call` gives the call a process of its own, used once. */
  readonly isolation?: "per-call";
  /**
   * `true`: an earlier result of an equal call of the same tenant will do, also where the package
   * does not say that it is pure. `false`: none will.
   */
  readonly cache?: boolean;
  /** Run only what consists of exactly this: the hash of its lock, in lower-case hex. */
  readonly lockHash?: string;
}

/** Who calls, and how they listen. */
export interface CallContext {
  /** The account the call runs for; nothing warm is shared between tenants. */
  readonly tenant: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** What the caller's key and collection add and forbid; nothing where absent. */
  readonly grant?: CallGrant;
  /** What the tool must be, where the call comes through a collection. */
  readonly pin?: CallPin;
  /** Told of a tool that is not what it was pinned to; returns at once. */
  readonly onHeld?: (held: HeldTool) => void;
  /** Told of hosts that the tool reached, each once; returns at once. */
  readonly onReached?: (hosts: readonly string[]) => void;
  /** For the log of calls. */
  readonly origin?: CallOrigin;
  /** Where the call is made instead of in a sandbox. Never a caller's to say. */
  readonly elsewhere?: Elsewhere;
  readonly onLog?: (entry: LogEntry) => void;
  readonly onChunk?: (value: JsonValue) => void;
  readonly onProgress?: (line: string) => void;
}

/** Why a runtime was not chosen. */
export interface Refusal {
  readonly runtime: RuntimeKind;
  /** The stage of the selection that refused. */
  readonly by: string;
  readonly reason: string;
}

/** What the cache of results did for a call. */
export type CacheUse = "hit" | "miss" | "off";

/** How a call went, beside its result. */
export interface ExecutionMeta {
  readonly requestId: string;
  readonly runtime: RuntimeKind | null;
  readonly start: StartKind | null;
  /** Digest of the artifact. */
  readonly artifact: string | null;
  readonly version: string | null;
  /** What it consists of, where the call was held to that. */
  readonly lockHash?: string;
  readonly isolation: IsolationLevel;
  /** Runtimes that were not chosen, or failed and were replaced. */
  readonly refusals: readonly Refusal[];
  /** Whether the result is of an earlier call, might have been, or could not be. */
  readonly cache: CacheUse;
  readonly egress: readonly EgressRecord[];
  readonly logs: readonly LogEntry[];
  readonly droppedLogBytes: number;
  /** Milliseconds per step of the flow; only the steps that happened. */
  readonly timings: Readonly<Partial<Record<TimedStep, number>>>;
}

/** Steps that `meta.timings` measures. */
export type TimedStep =
  | "resolve"
  | "fetch"
  | "network"
  | "build"
  | "probe"
  | "store"
  | "acquire"
  | "load"
  | "tool"
  | "total";

/** The answer to a call. Refusals and failures of ours have `code` other than `tool_error`. */
export type ExecutionResult = ExecutionSuccess | ExecutionFailure;

/** The tool answered. */
export interface ExecutionSuccess {
  readonly success: true;
  readonly output: JsonValue;
  readonly executionTimeMs: number;
  readonly meta: ExecutionMeta;
}

/** The tool failed, or we refused or failed. */
export interface ExecutionFailure {
  readonly success: false;
  readonly error: string;
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly suggestion?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Whether the same request may succeed later; as the code's row says where absent. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly executionTimeMs: number;
  readonly meta: ExecutionMeta;
}

/** Anything that fulfils the executor contract: the local pool, a cluster, somebody's URL. */
export interface Executor {
  /** Never rejects: every failure is an {@linkcode ExecutionFailure}. */
  execute(request: ExecutionRequest, context: CallContext): Promise<ExecutionResult>;
}
