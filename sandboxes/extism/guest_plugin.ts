import type { PluginPlan } from "../../spec/plugin.ts";
import { boundModule, type ModuleImport } from "./guest_bound_module.ts";
import { type ExportedFunction, readExportedFunctions } from "./guest_export_types.ts";
import { HOST_FUNCTION_NAMES } from "./guest_host_functions.ts";
import { KERNEL_FUNCTION_NAMES } from "./guest_kernel.ts";
import { MODULE_LIMITS } from "./guest_module_limits.ts";
import { PluginError, refused } from "./guest_plugin_error.ts";
import { WASI_FUNCTION_NAMES } from "./guest_wasi.ts";

/** Names that plug-ins import the host's functions by. */
export const EXTISM_MODULE = "extism:host/env";
export const WASI_MODULE = "wasi_snapshot_preview1";

/** One module of a plug-in, compiled once for all calls. */
export interface CompiledModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
  readonly imports: readonly ModuleImport[];
  readonly functions: readonly ExportedFunction[];
}

/** A plug-in ready for any number of calls, each of which links new instances of it. */
export interface Plugin {
  readonly plan: PluginPlan;
  /** In the order in which they can be instantiated. */
  readonly modules: readonly CompiledModule[];
  /** The one whose exports are called. */
  readonly main: CompiledModule;
  /** Whether it may have to wait: for the network, for a clock. */
  readonly isSuspendable: boolean;
  readonly memoryBytes: number;
}

/** Functions that make a call wait. */
const SUSPENDING: ReadonlySet<string> = new Set(["http_request", "poll_oneoff"]);

/**
 * Reads, bounds, checks and compiles all modules of a plug-in; none of its code runs.
 *
 * @throws {PluginError} `PluginRefused`, naming what no host function or module provides.
 */
export function compilePlugin(
  plan: PluginPlan,
  { readFile, memoryBytes }: {
    readonly readFile: (name: string) => Uint8Array<ArrayBuffer>;
    /** Linear memory that each module may have. */
    readonly memoryBytes: number;
  },
): Plugin {
  if (plan.modules.length > MODULE_LIMITS.modules) {
    throw refused("the plug-in", `more than ${MODULE_LIMITS.modules} modules`);
  }
  const bound = Math.min(memoryBytes, plan.memoryBytes ?? memoryBytes);
  let totalBytes = 0;
  const modules = plan.modules.map(({ name, file }) => {
    const bytes = readFile(file);
    totalBytes += bytes.length;
    if (totalBytes > MODULE_LIMITS.totalBytes) {
      throw refused("the plug-in", `more than ${MODULE_LIMITS.totalBytes} bytes`);
    }
    return compileModule(bytes, { name, memoryBytes: bound });
  });
  const main = modules.find(({ name }) => name === "main") ?? modules.at(-1);
  if (main === undefined) throw refused("the plug-in", "it has no module");
  refuseUnknownImports(modules);
  return {
    plan,
    modules: inOrder(modules),
    main,
    isSuspendable: modules.some(({ imports }) => imports.some(({ name }) => SUSPENDING.has(name))),
    memoryBytes: bound,
  };
}

function compileModule(
  bytes: Uint8Array<ArrayBuffer>,
  { name, memoryBytes }: { readonly name: string; readonly memoryBytes: number },
): CompiledModule {
  const what = `the module ${name}`;
  const bounded = boundModule(bytes, { what, memoryBytes });
  const { imports, sections } = bounded;
  try {
    const module = new WebAssembly.Module(bounded.bytes);
    const importedFunctions = imports.filter(({ kind }) => kind === "function").length;
    return { name, module, imports, functions: readExportedFunctions(sections, importedFunctions) };
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw refused(what, error.message.replace(/^WebAssembly\.Module\(\): /, ""));
  }
}

/** Imports that somebody meets: the host, or another module of the plug-in. */
function isProvided(
  { module, name, kind }: ModuleImport,
  others: readonly CompiledModule[],
): boolean {
  if (module === EXTISM_MODULE) {
    return kind === "function" &&
      (KERNEL_FUNCTION_NAMES.has(name) || HOST_FUNCTION_NAMES.has(name));
  }
  if (module === WASI_MODULE) return kind === "function" && WASI_FUNCTION_NAMES.has(name);
  const other = others.find((candidate) => candidate.name === module);
  if (other !== undefined) {
    return WebAssembly.Module.exports(other.module)
      .some((one) => one.name === name && one.kind === kind);
  }
  return module === "env" &&
    ((name === "abort" && kind === "function") || (name === "memory" && kind === "memory"));
}

const MAX_NAMED_IMPORTS = 20;

function refuseUnknownImports(modules: readonly CompiledModule[]): void {
  const unknown = modules.flatMap((module) =>
    module.imports
      .filter((one) => !isProvided(one, modules.filter((other) => other !== module)))
      .map(({ module: from, name, kind }) => `${kind} ${from}.${name}`)
  );
  if (unknown.length === 0) return;
  const named = unknown.slice(0, MAX_NAMED_IMPORTS).join(", ");
  const more = unknown.length > MAX_NAMED_IMPORTS ? " and more" : "";
  throw new PluginError(
    "PluginRefused",
    `Linking the plug-in: nothing here provides ${named}${more}; plug-ins may import Extism's own ` +
      "functions and WASI preview 1",
  );
}

/** Modules after those they import from. @throws {PluginError} `PluginRefused` for circles. */
function inOrder(modules: readonly CompiledModule[]): CompiledModule[] {
  const ordered: CompiledModule[] = [];
  const open = new Set<CompiledModule>();
  const visit = (module: CompiledModule) => {
    if (ordered.includes(module)) return;
    if (open.has(module)) {
      throw new PluginError(
        "PluginRefused",
        `Linking the plug-in: its modules import one another in a circle through ${module.name}`,
      );
    }
    open.add(module);
    for (const { module: from } of module.imports) {
      const other = modules.find(({ name }) => name === from);
      if (other !== undefined && other !== module) visit(other);
    }
    ordered.push(module);
  };
  for (const module of modules) visit(module);
  return ordered;
}
