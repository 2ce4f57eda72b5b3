// style-ok jsdoc: each export is the function of node:module that its name says.
/** `node:module` of a program that is one file: nothing can be required at run time. */
const BUILTINS: ReadonlySet<string> = new Set([
  ...[
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "console",
    "crypto",
    "dns",
    "events",
    "fs",
  ],
  ...["http", "http2", "https", "module", "net", "os", "path", "perf_hooks", "process"],
  ...["querystring", "readline", "stream", "string_decoder", "timers", "tls", "tty", "url", "util"],
  ...["v8", "vm", "worker_threads", "zlib"],
]);

export const builtinModules: readonly string[] = [...BUILTINS];

export function isBuiltin(name: string): boolean {
  return BUILTINS.has(String(name).replace(/^node:/, "").split("/")[0]!);
}

export function createRequire(): (name: string) => never {
  const refuse = (name: string): never => {
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
  };
  return Object.assign(refuse, { resolve: refuse, cache: {}, extensions: {}, main: undefined });
}

export default { builtinModules, createRequire, isBuiltin };
