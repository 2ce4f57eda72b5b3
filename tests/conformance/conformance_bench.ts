import assert from "node:assert/strict";
import { join } from "node:path";
import type { EgressPort } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonValue } from "../../spec/json.ts";
import { DEFAULT_LIMITS, type Limits } from "../../spec/limits.ts";
import { NO_PERMISSIONS, type Permissions } from "../../spec/permissions.ts";
import type {
  InvocationReport,
  LoadUnit,
  LogEntry,
  Sandbox,
  SandboxNeed,
  SandboxRuntime,
} from "../../spec/sandbox.ts";
import { isAlive, processesNaming } from "./process_tree.ts";

/** A runtime that is put to the test, and where it keeps the files of its sandboxes. */
export interface OpenSubject extends AsyncDisposable {
  readonly runtime: SandboxRuntime;
  /** Empty while no sandbox lives; each sandbox process names it on its command line. */
  readonly runDirectory: string;
}

/** How one call is made. */
export interface CallChange {
  readonly params?: JsonValue;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  readonly egress?: EgressPort;
  readonly callId?: string;
  readonly onLog?: (entry: LogEntry) => void;
}

/** A call under way and what it has told so far. */
export interface ObservedCall {
  readonly report: Promise<InvocationReport>;
  readonly logs: LogEntry[];
  readonly chunks: JsonValue[];
  /** Each count of log bytes that did not fit. */
  readonly dropped: number[];
}

/** What one rule works with. Disposing checks that no process and no file is left. */
export class ConformanceBench implements AsyncDisposable {
  readonly runtime: SandboxRuntime;
  readonly runDirectory: string;
  readonly #subject: OpenSubject;
  readonly #sources: string;
  readonly #sandboxes: Sandbox[] = [];

  private constructor(subject: OpenSubject, sources: string) {
    this.#subject = subject;
    this.#sources = sources;
    this.runtime = subject.runtime;
    this.runDirectory = subject.runDirectory;
  }

  static async open(subject: OpenSubject): Promise<ConformanceBench> {
    return new ConformanceBench(subject, await Deno.makeTempDir({ prefix: "airlock-rules-" }));
  }

  /** A blank sandbox with nothing granted and a small heap. */
  async create(
    change: { limits?: Partial<Limits>; permissions?: Partial<Permissions> } = {},
  ): Promise<Sandbox> {
    const sandbox = await this.runtime.create(needOf(change));
    this.#sandboxes.push(sandbox);
    return sandbox;
  }

  /** Writes a module and says how to load it. */
  async unit(source: string, change: Partial<LoadUnit> = {}): Promise<LoadUnit> {
    const codeDirectory = await Deno.makeTempDir({ dir: this.#sources });
    await Deno.writeTextFile(join(codeDirectory, "bundle.mjs"), source);
    return {
      codeDirectory,
      entry: "bundle.mjs",
      env: {},
      overlapping: false,
      timeoutMs: 20_000,
      ...change,
    };
  }

  /** A sandbox with a module loaded. */
  async load(
    source: string,
    change: Partial<LoadUnit> & { limits?: Partial<Limits> } = {},
  ): Promise<Sandbox> {
    const { limits, ...unit } = change;
    const sandbox = await this.create({ limits });
    await sandbox.load(await this.unit(source, unit));
    return sandbox;
  }

  /** Ids of all processes of all live sandboxes. */
  processes(): Promise<number[]> {
    return processesNaming(this.runDirectory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const processes = await this.processes();
    for (const sandbox of this.#sandboxes) await sandbox[Symbol.asyncDispose]();
    await Deno.remove(this.#sources, { recursive: true });
    try {
      for (const pid of processes) {
        assert.equal(await isAlive(pid), false, `process ${pid} is left`);
      }
      assert.deepEqual(await this.processes(), []);
      assert.deepEqual(Array.from(Deno.readDirSync(this.runDirectory)), []);
    } finally {
      await this.#subject[Symbol.asyncDispose]();
    }
  }
}

/** A need with nothing granted, 64 MiB of memory, unless changed. */
export function needOf(
  change: { limits?: Partial<Limits>; permissions?: Partial<Permissions> } = {},
): SandboxNeed {
  return {
    permissions: { ...NO_PERMISSIONS, ...change.permissions },
    limits: { ...DEFAULT_LIMITS, memoryBytes: 64 * 1024 * 1024, ...change.limits },
  };
}

/** Starts a call and keeps what it tells. */
export function observe(sandbox: Sandbox, toolName: string, change: CallChange = {}): ObservedCall {
  const logs: LogEntry[] = [];
  const chunks: JsonValue[] = [];
  const dropped: number[] = [];
  const report = sandbox.invoke({
    callId: change.callId ?? crypto.randomUUID(),
    toolName,
    params: change.params ?? {},
    limits: needOf({ limits: change.limits }).limits,
    signal: change.signal ?? new AbortController().signal,
  }, {
    egress: change.egress ?? NO_EGRESS,
    onLog: (entry) => {
      logs.push(entry);
      change.onLog?.(entry);
    },
    onChunk: (value) => void chunks.push(value),
    onDropped: (bytes) => void dropped.push(bytes),
  });
  // Rules await it later, and some never do.
  report.catch(() => {});
  return { report, logs, chunks, dropped };
}

/** Calls a tool that is expected to answer. */
export async function answerOf(
  sandbox: Sandbox,
  toolName: string,
  change: CallChange = {},
): Promise<JsonValue> {
  return (await observe(sandbox, toolName, change).report).output;
}

/** The error that `work` is expected to end with. */
export async function failureOf(work: Promise<unknown>): Promise<AirlockError> {
  const outcome: unknown = await work.then(
    (value) => assert.fail(`expected a failure, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof AirlockError) return outcome;
  throw outcome;
}

const NO_EGRESS: EgressPort = {
  request: () =>
    Promise.reject(new AirlockError("permission_denied", "Requesting: nothing is granted here")),
};
