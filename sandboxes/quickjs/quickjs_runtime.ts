import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Buffer } from "node:buffer";
import { AirlockError } from "../../spec/errors.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import type {
  IsolationLevel,
  LoadUnit,
  Sandbox,
  SandboxNeed,
  SandboxRuntime,
} from "../../spec/sandbox.ts";
import type { HostedSandbox } from "../process/hosted_sandbox.ts";
import {
  type CodeDirectory,
  linkFile,
  processClass,
  type ProcessPlan,
  type ProcessRuntimeOptions,
  startProcess,
} from "../process/process_runtime.ts";
import type { QuickjsProgram } from "./quickjs_program.ts";
import type { SnapshotStore, StoredSnapshot } from "./snapshot_store.ts";

/**
 * Memory of a process beside that of the call: the guest itself, and instances that were dropped and
 * are not collected yet.
 */
const PROCESS_BYTES = 320 * 1024 * 1024;

/** Memory of an instance that waits, where the state is a usual one: others share its process. */
const INSTANCE_BYTES = 4 * 1024 * 1024;

/**
 * A stack of V8 that is deeper than the engine's own, so that the engine notices first, and the means
 * to collect dropped instances.
 */
const ENGINE_FLAGS = ["--stack-size=6000", "--expose-gc"];

/** What the process that loads a module may use. */
const PREPARE_NEED: SandboxNeed = {
  permissions: NO_PERMISSIONS,
  limits: { ...DEFAULT_LIMITS, memoryBytes: 256 * 1024 * 1024 },
};
const SNAPSHOT_TIMEOUT_MS = 15_000;

/** What a {@linkcode QuickjsRuntime} is made of. */
export interface QuickjsRuntimeOptions extends ProcessRuntimeOptions {
  /** Gives the program that processes run; asked once, when the first is started. */
  readonly loadProgram: () => Promise<QuickjsProgram>;
  readonly snapshots: SnapshotStore;
  /** Calls that a process may be given at once; 1 where absent. */
  readonly callConcurrency?: number;
}

/** Code to load, as far as its state depends on it. */
export type SnapshotSubject = Pick<LoadUnit, "codeDirectory" | "entry" | "timeoutMs"> & {
  /** Aborting ends the process that loads; whoever waits for the same state fails with it. */
  readonly signal?: AbortSignal;
};

/**
 * Sandboxes in which every call is a QuickJS instance of its own, restored from the state of the
 * loaded module, inside a permission-less Deno process that can be killed. Its sandboxes belong to
 * whoever creates them; they end first.
 */
export class QuickjsRuntime implements SandboxRuntime, AsyncDisposable {
  readonly kind = "quickjs";
  readonly isolation: IsolationLevel;
  readonly #options: QuickjsRuntimeOptions;
  readonly #preparing = new Map<string, Promise<StoredSnapshot>>();
  #program: Promise<QuickjsProgram> | null = null;

  constructor(options: QuickjsRuntimeOptions) {
    this.#options = options;
    this.isolation = options.isolation.level;
  }

  /** Only what is fixed when the process starts; time, output and log limits are per call. */
  classOf(need: SandboxNeed): string {
    return processClass(need);
  }

  /** Has the program built, for whoever will soon want it. */
  getReady(): void {
    this.#loadProgram().catch(() => {
      // Whoever then wants it is told the same.
    });
  }

  async create(need: SandboxNeed): Promise<Sandbox> {
    const ended = new AbortController();
    const sandbox = await this.#start(
      need,
      (unit, code) => this.#placeState(unit, { code, signal: ended.signal }),
    );
    void sandbox.exited.then(() => ended.abort());
    return sandbox;
  }

  /**
   * The state of a loaded module: stored, or made in a process of its own and stored.
   * @throws {AirlockError} at stage `load` when it does not load.
   */
  async snapshotOf(subject: SnapshotSubject): Promise<StoredSnapshot> {
    const { snapshots } = this.#options;
    const { digest } = await this.#loadProgram();
    const code = await Deno.readFile(join(subject.codeDirectory, subject.entry));
    const key = createHash("sha256").update(digest).update(code).digest("hex");
    const known = this.#preparing.get(key);
    if (known !== undefined) return await known;
    const making = snapshots.get(key).then(async (stored) =>
      stored ?? await snapshots.put(key, await this.#prepare(subject))
    );
    this.#preparing.set(key, making);
    try {
      return await making;
    } finally {
      this.#preparing.delete(key);
    }
  }

  /** Waits until nothing is being built or prepared: nothing then writes to its directories. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#program, ...this.#preparing.values()]);
  }

  /** Loads a module in a process of its own, without environment, and takes its state. */
  async #prepare(subject: SnapshotSubject): Promise<Omit<StoredSnapshot, "sha256">> {
    await using sandbox = await this.#start(PREPARE_NEED, placeModule);
    const { codeDirectory, entry, timeoutMs, signal } = subject;
    const onAbort = () => void sandbox[Symbol.asyncDispose]();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    await sandbox.load({ codeDirectory, entry, timeoutMs, env: {}, overlapping: false });
    const taken = await sandbox.takeSnapshot(SNAPSHOT_TIMEOUT_MS);
    signal?.removeEventListener("abort", onAbort);
    if (taken === null) {
      throw new AirlockError("internal", "Taking a snapshot: the guest has none", {
        stage: "load",
      });
    }
    const { base64, readsEnv, exports } = taken;
    const bytes = new Uint8Array(Buffer.from(base64, "base64"));
    return { bytes, facts: { readsEnv, exports } };
  }

  /** A module that reads this caller's environment while it loads is loaded for this caller alone. */
  async #placeState(
    unit: LoadUnit,
    { code, signal }: { readonly code: CodeDirectory; readonly signal: AbortSignal },
  ): Promise<string> {
    // Where there is no state to be had, the sandbox loads the module itself, and says why it fails.
    const stored = await this.snapshotOf({ ...unit, signal }).catch(() => null);
    // The sandbox has ended meanwhile, which is said by whoever asks it to load.
    if (signal.aborted) return "";
    if (stored === null) return await placeModule(unit, code);
    const { bytes, sha256, facts } = stored;
    if (facts.readsEnv.some((name) => Object.hasOwn(unit.env, name))) {
      return await placeModule(unit, code);
    }
    await Deno.writeFile(join(code.path, STATE_FILE), bytes, { createNew: true, mode: 0o444 });
    return `${pathToFileURL(join(code.seenAs, STATE_FILE)).href}#${sha256}`;
  }

  async #start({ limits }: SandboxNeed, place: ProcessPlan["place"]): Promise<HostedSandbox> {
    const { guestFile } = await this.#loadProgram();
    const { callConcurrency = 1 } = this.#options;
    const processBytes = PROCESS_BYTES + limits.memoryBytes + INSTANCE_BYTES * callConcurrency;
    return await startProcess(this.#options, {
      runtime: this.kind,
      guestFile,
      need: { permissions: NO_PERMISSIONS, limits: { ...limits, memoryBytes: processBytes } },
      limits,
      maxRssBytes: processBytes,
      engineFlags: ENGINE_FLAGS,
      place,
    });
  }

  #loadProgram(): Promise<QuickjsProgram> {
    return this.#program ??= this.#options.loadProgram();
  }
}

const STATE_FILE = "state.image";

async function placeModule(unit: LoadUnit, code: CodeDirectory): Promise<string> {
  await linkFile(join(unit.codeDirectory, unit.entry), join(code.path, unit.entry));
  return pathToFileURL(join(code.seenAs, unit.entry)).href;
}
