import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  IsolationLevel,
  LoadUnit,
  Sandbox,
  SandboxNeed,
  SandboxRuntime,
} from "../../spec/sandbox.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import { CodeCache } from "../process/code_cache.ts";
import {
  type CodeDirectory,
  linkFile,
  processClass,
  type ProcessRuntimeOptions,
  startProcess,
} from "../process/process_runtime.ts";
import type { CodeCacheUse } from "../process/spawn_command.ts";

/** Resident memory of a Deno process that has loaded nothing, with room for compiled code. */
const BASE_RSS_BYTES = 112 * 1024 * 1024;

/** What a {@linkcode DenoRuntime} is made of. */
export interface DenoRuntimeOptions extends ProcessRuntimeOptions {
  /** Absolute path of the guest program that sandboxes run. */
  readonly guestFile: string;
  /** Directory for compiled code of that program; none is kept without one. */
  readonly cacheDirectory?: string;
}

/**
 * Sandboxes that are permission-restricted Deno processes: any npm package, full V8 speed. Disposing
 * ends none of them, only what is done beside them.
 */
export class DenoRuntime implements SandboxRuntime, AsyncDisposable {
  readonly kind = "deno";
  readonly isolation: IsolationLevel;
  readonly #options: DenoRuntimeOptions;
  readonly #codeCache: CodeCache | null;

  constructor(options: DenoRuntimeOptions) {
    this.#options = options;
    this.isolation = options.isolation.level;
    const { cacheDirectory, isolation: { tools } } = options;
    // Elsewhere a process could write to it.
    const isHeld = cacheDirectory !== undefined && tools.bwrap !== null;
    this.#codeCache = !isHeld ? null : new CodeCache({
      directory: cacheDirectory,
      start: (use) => this.#start({ permissions: NO_PERMISSIONS, limits: DEFAULT_LIMITS }, use),
    });
  }

  /** Only what is fixed when the process starts; time, output and log limits are per call. */
  classOf(need: SandboxNeed): string {
    return processClass(need);
  }

  create(need: SandboxNeed): Promise<Sandbox> {
    return this.#start(need, this.#codeCache?.use);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#codeCache?.[Symbol.asyncDispose]();
  }

  #start(need: SandboxNeed, codeCache: CodeCacheUse | undefined): Promise<Sandbox> {
    return startProcess(this.#options, {
      runtime: this.kind,
      guestFile: this.#options.guestFile,
      need,
      codeCache,
      limits: need.limits,
      maxRssBytes: BASE_RSS_BYTES + need.limits.memoryBytes,
      place: need.tree === undefined ? placeBundle : seenInTree,
    });
  }
}

async function placeBundle(unit: LoadUnit, code: CodeDirectory): Promise<string> {
  await linkFile(join(unit.codeDirectory, unit.entry), join(code.path, unit.entry));
  return await seenInTree(unit, code);
}

/** The URL of the module where the guest sees it. */
function seenInTree(unit: LoadUnit, code: CodeDirectory): Promise<string> {
  return Promise.resolve(pathToFileURL(join(code.seenAs, unit.entry)).href);
}
