import { type CallScope, ExitSignal } from "./guest_call_scope.ts";
import { type HostFunctions, hostFunctions } from "./guest_host_functions.ts";
import { Kernel } from "./guest_kernel.ts";
import { PAGE_BYTES } from "./guest_module_limits.ts";
import { type CompiledModule, EXTISM_MODULE, type Plugin, WASI_MODULE } from "./guest_plugin.ts";
import { PluginError } from "./guest_plugin_error.ts";
import { suspendable, suspending } from "./guest_stack_switching.ts";
import { StandardStreams } from "./guest_standard_streams.ts";
import { wasiFunctions } from "./guest_wasi.ts";

/** Name of the function that a plain WASI program begins with. */
export const COMMAND_EXPORT = "_start";

/** Largest share of a call's memory that input, output and variables may take. */
const KERNEL_SHARE = 0.5;

/** One run of one export. */
export interface ExportRun {
  readonly kernelModule: WebAssembly.Module;
  readonly exportName: string;
  readonly input: Uint8Array;
  readonly scope: CallScope;
}

/**
 * Runs one export of a plug-in in new instances of all its modules, and returns what it put out.
 * Nothing of the run is kept.
 *
 * @throws {PluginError} `PluginFailed` with what the plug-in says went wrong, or that it trapped.
 */
export async function runExport(plugin: Plugin, run: ExportRun): Promise<Uint8Array<ArrayBuffer>> {
  const kernel = new Kernel(run.kernelModule, { memoryBytes: plugin.memoryBytes * KERNEL_SHARE });
  kernel.setInput(run.input);
  const isCommand = run.exportName === COMMAND_EXPORT;
  const streams = new StandardStreams(run.input, { scope: run.scope, isCommand });
  const linked = new LinkedPlugin(plugin, { kernel, streams, scope: run.scope });
  let code: number;
  try {
    await linked.initialise(isCommand);
    code = await linked.call(run.exportName);
  } catch (error) {
    if (!(error instanceof ExitSignal)) throw failureOf(error, linked);
    code = error.code;
  }
  const written = streams.finish();
  const said = kernel.error();
  if (said !== null) throw new PluginError("PluginFailed", decoder.decode(said));
  if (code !== 0) {
    throw new PluginError("PluginFailed", `Running ${run.exportName}: it ended with code ${code}`);
  }
  return isCommand && written.length > 0 ? written : kernel.output();
}

const decoder = new TextDecoder();

/** What was thrown, in words for the caller: traps and stack overflows are the plug-in's own. */
function failureOf(error: unknown, linked: LinkedPlugin): unknown {
  if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) return error;
  const full = linked.isFull ? "; its memory was full: ask for a higher limits.memoryBytes" : "";
  return new PluginError("PluginFailed", `Running the plug-in: ${error.message}${full}`);
}

interface LinkOptions {
  readonly kernel: Kernel;
  readonly streams: StandardStreams;
  readonly scope: CallScope;
}

/** Instances of all modules of a plug-in, for one run. */
class LinkedPlugin {
  readonly #plugin: Plugin;
  readonly #instances = new Map<CompiledModule, WebAssembly.Instance>();
  readonly #memories: WebAssembly.Memory[] = [];

  constructor(plugin: Plugin, options: LinkOptions) {
    this.#plugin = plugin;
    const { kernel, scope } = options;
    const host = {
      ...kernel.functions,
      ...hostFunctions(kernel, { plan: plugin.plan, scope, suspending }),
    };
    for (const module of plugin.modules) {
      const imports = this.#importsOf(module, { ...options, host });
      this.#instances.set(module, new WebAssembly.Instance(module.module, imports));
    }
  }

  /** Whether a memory has all that it may have: then running out of it is why a run failed. */
  get isFull(): boolean {
    const nearly = this.#plugin.memoryBytes - 16 * PAGE_BYTES;
    const exported = [...this.#instances.values()].map(({ exports }) => exports.memory)
      .filter((value) => value instanceof WebAssembly.Memory);
    return [...exported, ...this.#memories].some(({ buffer }) => buffer.byteLength >= nearly);
  }

  /** Runs what languages want run before anything else; a command does that by itself. */
  async initialise(isCommand: boolean): Promise<void> {
    for (const module of this.#plugin.modules) {
      if (isCommand && module === this.#plugin.main) continue;
      const { exports } = this.#instanceOf(module);
      const name = ["_initialize", "__wasm_call_ctors"].find((one) => one in exports);
      if (name !== undefined) await this.#run(exports[name]!);
      // Haskell's runtime takes an empty argument vector, which zeros stand for.
      if (typeof exports.hs_init === "function") exports.hs_init(0, 0);
    }
  }

  /** @returns The export's code: 0 where it has none. */
  async call(name: string): Promise<number> {
    const result = await this.#run(this.#instanceOf(this.#plugin.main).exports[name]!);
    return typeof result === "number" ? result : 0;
  }

  async #run(run: WebAssembly.ExportValue): Promise<unknown> {
    if (typeof run !== "function") throw new PluginError("PluginFailed", "Calling: no function");
    return this.#plugin.isSuspendable ? await suspendable(run)() : run();
  }

  #instanceOf(module: CompiledModule): WebAssembly.Instance {
    const instance = this.#instances.get(module);
    if (instance === undefined) {
      throw new PluginError("PluginFailed", "Linking: a module is missing");
    }
    return instance;
  }

  #importsOf(
    module: CompiledModule,
    options: LinkOptions & { readonly host: HostFunctions },
  ): WebAssembly.Imports {
    const imports: Record<string, WebAssembly.ModuleImports> = { [EXTISM_MODULE]: options.host };
    const memory = () => this.#memoryOf(module);
    if (module.imports.some((one) => one.module === WASI_MODULE)) {
      imports[WASI_MODULE] = wasiFunctions({ ...options, memory, suspending });
    }
    imports.env = { abort: abortFunction(memory) };
    for (const { module: from, name, kind, initialPages } of module.imports) {
      if (from === "env" && name === "memory" && kind === "memory") {
        imports.env.memory = this.#newMemory(initialPages ?? 0);
      }
    }
    for (const [other, instance] of this.#instances) imports[other.name] = instance.exports;
    return imports;
  }

  #newMemory(initial: number): WebAssembly.Memory {
    const maximum = Math.floor(this.#plugin.memoryBytes / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial, maximum });
    this.#memories.push(memory);
    return memory;
  }

  /** The memory that a module exports by the name every compiler gives it, or was given. */
  #memoryOf(module: CompiledModule): WebAssembly.Memory {
    const exported = this.#instances.get(module)?.exports.memory ?? this.#memories.at(-1);
    if (exported instanceof WebAssembly.Memory) return exported;
    throw new PluginError("PluginFailed", "Running the plug-in: it exports no memory for WASI");
  }
}

/** Longest text read from an `abort`. */
const MAX_ABORT_BYTES = 4_096;

/** AssemblyScript's `abort`: its strings are UTF-16, their size stands before them. */
function abortFunction(memory: () => WebAssembly.Memory): WebAssembly.ImportValue {
  const text = (at: number) => {
    const { buffer } = memory();
    const start = at >>> 0;
    if (start < 4 || start > buffer.byteLength) return "";
    const size = new DataView(buffer).getUint32(start - 4, true);
    const length = Math.min(size, MAX_ABORT_BYTES, buffer.byteLength - start) & ~1;
    return new TextDecoder("utf-16le").decode(new Uint8Array(buffer, start, length));
  };
  return (message: number, file: number, line: number, column: number) => {
    const where = file === 0 ? "" : ` at ${text(file)}:${line}:${column}`;
    throw new PluginError("PluginFailed", `${text(message) || "aborted"}${where}`);
  };
}
