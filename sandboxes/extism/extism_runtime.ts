import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import { PLUGIN_PLAN_FILE } from "../../spec/plugin.ts";
import type {
  IsolationLevel,
  LoadUnit,
  Sandbox,
  SandboxNeed,
  SandboxRuntime,
} from "../../spec/sandbox.ts";
import {
  linkFile,
  processClass,
  type ProcessRuntimeOptions,
  startProcess,
} from "../process/process_runtime.ts";

/** Resident memory of a guest that has loaded nothing, with room for compiled modules. */
const BASE_RSS_BYTES = 160 * 1024 * 1024;

/** What an {@linkcode ExtismRuntime} is made of. */
export interface ExtismRuntimeOptions extends ProcessRuntimeOptions {
  /** Absolute path of the guest program that sandboxes run. */
  readonly guestFile: string;
}

/**
 * Sandboxes for WebAssembly plug-ins: permission-less Deno processes whose guest links each call's
 * own instances to Extism's host functions and WASI.
 */
export class ExtismRuntime implements SandboxRuntime {
  readonly kind = "extism";
  readonly isolation: IsolationLevel;
  readonly #options: ExtismRuntimeOptions;

  constructor(options: ExtismRuntimeOptions) {
    this.#options = options;
    this.isolation = options.isolation.level;
  }

  /** Only what is fixed when the process starts; time, output and log limits are per call. */
  classOf(need: SandboxNeed): string {
    return processClass(need);
  }

  create({ limits }: SandboxNeed): Promise<Sandbox> {
    return startProcess(this.#options, {
      runtime: this.kind,
      guestFile: this.#options.guestFile,
      need: { permissions: NO_PERMISSIONS, limits },
      limits,
      maxRssBytes: BASE_RSS_BYTES + limits.memoryBytes,
      place: async (unit, code) => {
        await placePlugin(unit, code.path);
        const url = pathToFileURL(join(code.seenAs, PLUGIN_PLAN_FILE));
        url.searchParams.set("memoryBytes", String(limits.memoryBytes));
        return url.href;
      },
    });
  }
}

/** Makes a plug-in's plan and modules visible to the guest. */
async function placePlugin(unit: LoadUnit, codeDirectory: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(unit.codeDirectory)) {
    if (isFile) await linkFile(join(unit.codeDirectory, name), join(codeDirectory, name));
  }
}
