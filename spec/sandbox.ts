import type { EgressPort } from "./egress.ts";
import type { JsonValue } from "./json.ts";
import type { Limits } from "./limits.ts";
import type { Permissions } from "./permissions.ts";
import type { ToolDefinition } from "./tool.ts";

/** A kind of sandbox. */
export type RuntimeKind = "deno" | "quickjs" | "extism";

/** How strongly sandboxes are held, weakest first. */
export const ISOLATION_LEVELS = ["permissions", "rlimits", "bubblewrap"] as const;

/** Each level includes those before it in {@linkcode ISOLATION_LEVELS}. */
export type IsolationLevel = typeof ISOLATION_LEVELS[number];

/** One line that a tool wrote. */
export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error" | "stdout" | "stderr";
  readonly message: string;
  /** Since the call began. */
  readonly atMs: number;
}

/** What must be known before a sandbox can be created; fixed for its life. */
export interface SandboxNeed {
  readonly permissions: Permissions;
  readonly limits: Limits;
  /** Absolute path of an artifact's code directory that is too large to be handed in as one file. */
  readonly tree?: string;
}

/** Code to load, and the environment it may see. */
export interface LoadUnit {
  /** Absolute path of an artifact's code directory. */
  readonly codeDirectory: string;
  /** Path of the module inside it. */
  readonly entry: string;
  /** Values the tool sees as `process.env` and `Deno.env`: names already checked. */
  readonly env: Readonly<Record<string, string>>;
  /** Node built-ins that the code uses, without prefix; absent means any. */
  readonly nodeBuiltins?: readonly string[];
  /** Whether calls will overlap in the sandbox. */
  readonly overlapping: boolean;
  readonly timeoutMs: number;
}

/** How long loading took, measured inside. */
export interface LoadReport {
  /** Reading, compiling and evaluating the module. */
  readonly importMs: number;
}

/** What the probe found in a loaded module. */
export interface ProbeReport {
  readonly tools: readonly ToolDefinition[];
  readonly otherExports: readonly string[];
  readonly warnings: readonly string[];
}

/** One call of a loaded tool. */
export interface Invocation {
  /** Unguessable. */
  readonly callId: string;
  readonly toolName: string;
  readonly params: JsonValue;
  readonly limits: Limits;
  /** Aborting asks the tool to stop, then kills the sandbox. */
  readonly signal: AbortSignal;
}

/** What one call is given by its host. */
export interface InvocationHost {
  readonly egress: EgressPort;
  /** Called for each kept log line, in order. */
  readonly onLog: (entry: LogEntry) => void;
  /** Called for each item of a streamed result, in order, before `invoke` resolves. */
  readonly onChunk: (value: JsonValue) => void;
  /**
   * Called with each count of log bytes that did not fit, before `invoke` settles: the only way to
   * learn of them where the call fails. Up to half of them may be missing where the sandbox was killed.
   */
  readonly onDropped?: (bytes: number) => void;
}

/** A finished call. */
export interface InvocationReport {
  readonly output: JsonValue;
  /** Time inside the sandbox, from decoded parameters to encoded result. */
  readonly toolMs: number;
  /** Bytes of log text that did not fit: the sum of what `onDropped` was told. */
  readonly droppedLogBytes: number;
}

/** What a sandbox uses now. */
export interface SandboxUsage {
  readonly rssBytes: number;
  /** User and system time since it began. */
  readonly cpuMs: number;
}

/** How a sandbox ended. */
export interface SandboxExit {
  /** `requested`: killed by its owner; otherwise why it ended by itself. */
  readonly reason: "requested" | "deadline" | "memory" | "protocol" | "exited" | "crashed";
  readonly detail: string;
}

/**
 * One live isolated instance. It serves one tenant; it is blank until `load`, which succeeds at most
 * once. Disposing kills it and waits until nothing of it is left.
 */
export interface Sandbox extends AsyncDisposable {
  readonly id: string;
  readonly runtime: RuntimeKind;
  /** Resolves when it has ended, for whatever reason; never rejects. */
  readonly exited: Promise<SandboxExit>;
  /** @throws {AirlockError} `tool_error`, `resource_limit`, `deadline_exceeded`, `sandbox_crashed` at stage `load`. */
  load(unit: LoadUnit): Promise<LoadReport>;
  /** Lists the tools of what was loaded. May call factories; only ever used by the probe. */
  describe(timeoutMs: number): Promise<ProbeReport>;
  /**
   * Runs one call within its limits. Several may overlap. After any rejection the sandbox must not
   * be reused.
   * @throws {AirlockError} `tool_error`, `tool_not_found`, `invalid_input`, `resource_limit`,
   * `deadline_exceeded`, `sandbox_crashed` at stage `execute` or `encode`.
   */
  invoke(invocation: Invocation, host: InvocationHost): Promise<InvocationReport>;
  usage(): Promise<SandboxUsage>;
}

/** Makes sandboxes of one kind. */
export interface SandboxRuntime {
  readonly kind: RuntimeKind;
  /** The level in force, probed, never assumed. */
  readonly isolation: IsolationLevel;
  /** Sandboxes of equal class are interchangeable until loaded. */
  classOf(need: SandboxNeed): string;
  /** @throws {AirlockError} `sandbox_crashed` at stage `acquire` when none can be started. */
  create(need: SandboxNeed): Promise<Sandbox>;
}
