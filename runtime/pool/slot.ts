import { AirlockError } from "../../spec/errors.ts";
import type { LoadUnit, Sandbox } from "../../spec/sandbox.ts";
import type { RetireReason } from "./pool_request.ts";

/** What a slot needs to come to life. */
export interface SlotOptions {
  readonly sandboxClass: string;
  readonly bornMs: number;
  readonly create: () => Promise<Sandbox>;
  /** What must be gone before this one may be created, so that the two never live together. */
  readonly after?: Promise<void>;
  /** The sandbox ended without being asked to. */
  readonly onExit: (slot: Slot) => void;
}

/**
 * One place under `maxSandboxes` and the sandbox in it, from the decision to create it until nothing
 * of it is left. Belongs to nobody while blank; once given to a key it serves that key only.
 */
export class Slot {
  readonly sandboxClass: string;
  readonly bornMs: number;
  /** Rejects when the sandbox could not be created. */
  readonly started: Promise<Sandbox>;
  /** Present once started. */
  sandbox: Sandbox | null = null;
  /** Resolves when loaded; `null` while blank. Every call in the slot waits for the same loading. */
  loading: Promise<unknown> | null = null;
  isLoaded = false;

  /** `null` while blank. */
  tenant: string | null = null;
  /** `null` while blank, and for good where it is used once. */
  key: string | null = null;
  running = 0;
  /** The least that the running calls allow to overlap. */
  concurrency = Infinity;
  uses = 0;
  retirement: RetireReason | null = null;
  /** The pool killed it while calls may have been running. */
  killedByDrain = false;

  /** Memory that it is counted with in the budget: last seen, or what others of its kind use. */
  bytes = 0;
  /** When its key last got it by turn. */
  sliceStartMs = 0;
  idleSinceMs = 0;
  readonly usage: UsageTrack = { baselineRssBytes: null, idleCpu: null, askedMs: null, seenMs: 0 };

  #ending: Promise<void> | null = null;

  constructor(options: SlotOptions) {
    this.sandboxClass = options.sandboxClass;
    this.bornMs = options.bornMs;
    this.started = this.#start(options);
    // Whoever was given the slot awaits `started` itself; nobody may be there any more.
    this.started.catch(() => {});
  }

  /** Loads what the slot is for. The first caller loads; the others wait for the same outcome. */
  load(unit: LoadUnit): Promise<unknown> {
    this.loading ??= this.started.then(async (sandbox) => {
      await sandbox.load(unit);
      this.isLoaded = true;
    });
    return this.loading;
  }

  /** Ends the sandbox, also one still being created. Resolves when nothing of it is left. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #start(options: SlotOptions): Promise<Sandbox> {
    await options.after;
    if (this.#ending !== null) {
      throw new AirlockError("sandbox_crashed", "Starting a sandbox: no longer wanted", {
        stage: "acquire",
      });
    }
    const sandbox = await options.create();
    this.sandbox = sandbox;
    sandbox.exited.then(() => {
      if (this.#ending === null) options.onExit(this);
    });
    return sandbox;
  }

  async #end(): Promise<void> {
    // `#ending` must be set before anything else here runs.
    await Promise.resolve();
    let sandbox: Sandbox;
    try {
      sandbox = await this.started;
    } catch {
      return; // Never created, so nothing is left; the reason went to those who awaited `started`.
    }
    try {
      await sandbox[Symbol.asyncDispose]();
    } catch {
      // The place must not be given away while the process may still live.
      await sandbox.exited;
    }
  }
}

/** What the watch knows of a slot's use of the machine. */
export interface UsageTrack {
  /** Resident memory after loading. */
  baselineRssBytes: number | null;
  /** First look since it became idle. */
  idleCpu: { readonly atMs: number; readonly cpuMs: number } | null;
  /** When the look under way began. */
  askedMs: number | null;
  /** When the last look ended. */
  seenMs: number;
}
