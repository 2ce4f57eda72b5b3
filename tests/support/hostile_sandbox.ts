import { join } from "node:path";
import { DenoRuntime } from "../../sandboxes/deno/deno_runtime.ts";
import { buildGuestPrograms } from "../../sandboxes/deno/deno_programs.ts";
import { type IsolationReport, probeIsolation } from "../../sandboxes/process/isolation.ts";
import type { spawnCommand } from "../../sandboxes/process/spawn_command.ts";
import type { EgressPort } from "../../spec/egress.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { Limits } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import type {
  Invocation,
  InvocationReport,
  IsolationLevel,
  LogEntry,
  Sandbox,
  SandboxExit,
  SandboxRuntime,
} from "../../spec/sandbox.ts";

/** Options of {@linkcode HostileSandbox.open}. */
export interface HostileOptions {
  readonly level: IsolationLevel;
  /** Other command lines, to see what a loosened one lets through. */
  readonly command?: typeof spawnCommand;
  /** Makes the runtime instead of the real parts; for tests that take a defence out. */
  readonly makeRuntime?: (parts: RuntimeParts) => Promise<SandboxRuntime>;
}

/** What a runtime under test is made of. */
export interface RuntimeParts {
  readonly denoPath: string;
  readonly isolation: IsolationReport;
  readonly runDirectory: string;
  /** Directory in which a guest program may be built. */
  readonly guestDirectory: string;
}

/** One attack's module, loaded. */
export interface LoadedAttack extends AsyncDisposable {
  readonly sandbox: Sandbox;
  call(options: AttackCall): Promise<AttackOutcome>;
}

/** One call of a loaded module. */
export interface AttackCall {
  readonly toolName?: string;
  readonly params?: JsonValue;
  readonly limits: Limits;
  readonly egress?: EgressPort;
  readonly signal?: AbortSignal;
}

/** How a call ended, with all that reached the host on the way. */
export interface AttackOutcome {
  /** Absent where it failed. */
  readonly report?: InvocationReport;
  /** What it was rejected with. */
  readonly error?: unknown;
  readonly logs: readonly LogEntry[];
  readonly chunks: readonly JsonValue[];
  readonly elapsedMs: number;
}

const LOAD_TIMEOUT_MS = 20_000;

/** Finds out whether this machine gives a level, for `ignore`. */
export async function hasLevel(level: IsolationLevel): Promise<boolean> {
  return (await probe(level)).level === level;
}

/** A runtime with a directory of its own, in which modules given as text are run. */
export class HostileSandbox implements AsyncDisposable {
  private constructor(readonly runtime: SandboxRuntime, readonly directory: string) {}

  static async open(options: HostileOptions): Promise<HostileSandbox> {
    const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "airlock-abuse-" }));
    const runDirectory = join(directory, "run");
    const guestDirectory = join(directory, "guest");
    await Deno.mkdir(runDirectory);
    const isolation = await probe(options.level);
    const parts = { denoPath: Deno.execPath(), isolation, runDirectory, guestDirectory };
    const runtime = options.makeRuntime === undefined
      ? new DenoRuntime({
        ...parts,
        guestFile: (await buildGuestPrograms(guestDirectory)).guestFile,
        command: options.command,
      })
      : await options.makeRuntime(parts);
    return new HostileSandbox(runtime, directory);
  }

  /** Files of live sandboxes. */
  leftovers(): string[] {
    return [...Deno.readDirSync(join(this.directory, "run"))].map(({ name }) => name);
  }

  /** Writes `source` where a sandbox can load it as `bundle.mjs`; returns the directory. */
  async place(source: string): Promise<string> {
    const codeDirectory = join(this.directory, `code-${crypto.randomUUID()}`);
    await Deno.mkdir(codeDirectory);
    await Deno.writeTextFile(join(codeDirectory, "bundle.mjs"), source);
    return codeDirectory;
  }

  /** Starts a sandbox and loads `source`; rejects as loading does, with nothing left. */
  async load(source: string, options: LoadOptions): Promise<LoadedAttack> {
    const codeDirectory = await this.place(source);
    const { limits, overlapping = false, env = {}, loadTimeoutMs = LOAD_TIMEOUT_MS } = options;
    const sandbox = await this.runtime.create({ permissions: NO_PERMISSIONS, limits });
    try {
      options.onCreated?.(sandbox);
      await sandbox.load({
        codeDirectory,
        entry: "bundle.mjs",
        env,
        overlapping,
        timeoutMs: loadTimeoutMs,
      });
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
    return {
      sandbox,
      call: (call) => invoke(sandbox, call),
      [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Options of {@linkcode HostileSandbox.load}. */
export interface LoadOptions {
  readonly limits: Limits;
  readonly overlapping?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly loadTimeoutMs?: number;
  /** Called before anything of the module has run. */
  readonly onCreated?: (sandbox: Sandbox) => void;
}

/** How a sandbox ended, or `null` when it lives `withinMs` later. */
export async function exitWithin(sandbox: Sandbox, withinMs: number): Promise<SandboxExit | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), withinMs));
  try {
    return await Promise.race([sandbox.exited, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One call in a loaded sandbox; never rejects. */
export async function invoke(sandbox: Sandbox, call: AttackCall): Promise<AttackOutcome> {
  const logs: LogEntry[] = [];
  const chunks: JsonValue[] = [];
  const startedAt = performance.now();
  const invocation: Invocation = {
    callId: crypto.randomUUID(),
    toolName: call.toolName ?? "attack",
    params: call.params ?? {},
    limits: call.limits,
    signal: call.signal ?? new AbortController().signal,
  };
  const ended = () => ({ logs, chunks, elapsedMs: performance.now() - startedAt });
  try {
    const report = await sandbox.invoke(invocation, {
      egress: call.egress ?? NO_EGRESS,
      onLog: (entry) => void logs.push(entry),
      onChunk: (value) => void chunks.push(value),
    });
    return { report, ...ended() };
  } catch (error) {
    return { error, ...ended() };
  }
}

const NO_EGRESS: EgressPort = {
  request: () => Promise.reject(new Error("no network in this test")),
};

function probe(atMost: IsolationLevel): Promise<IsolationReport> {
  const searchPath = (Deno.env.get("PATH") ?? "").split(":").filter((entry) => entry !== "");
  return probeIsolation({ denoPath: Deno.execPath(), searchPath, atMost });
}
