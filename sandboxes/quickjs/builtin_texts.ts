import { fileURLToPath } from "node:url";
import { build, type OutputFile } from "esbuild";
import { BUILTIN_PREFIX, builtinFile } from "./guest_builtin.ts";
import type { GuestSources } from "./guest_sources.ts";

/** Built-ins with an implementation: from a well-kept polyfill set, or a file of ours. */
const IMPLEMENTED: Readonly<Record<string, string>> = {
  assert: "@jspm/core/nodelibs/assert",
  "assert/strict": "@jspm/core/nodelibs/assert/strict",
  buffer: "./guest/node/buffer.ts",
  console: "./guest/node/console.ts",
  crypto: "./guest/node/crypto.ts",
  diagnostics_channel: "./guest/node/diagnostics_channel.ts",
  events: "@jspm/core/nodelibs/events",
  http: "./guest/node/http.ts",
  https: "./guest/node/https.ts",
  module: "./guest/node/module.ts",
  os: "./guest/node/os.ts",
  path: "@jspm/core/nodelibs/path",
  "path/posix": "@jspm/core/nodelibs/path",
  "path/win32": "@jspm/core/nodelibs/path/win32",
  perf_hooks: "./guest/node/perf_hooks.ts",
  process: "./guest/node/process.ts",
  punycode: "@jspm/core/nodelibs/punycode",
  querystring: "@jspm/core/nodelibs/querystring",
  stream: "./guest/node/stream.ts",
  "stream/promises": "@jspm/core/nodelibs/stream/promises",
  "stream/consumers": "./guest/node/stream_consumers.ts",
  "stream/web": "./guest/node/stream_web.ts",
  string_decoder: "@jspm/core/nodelibs/string_decoder",
  timers: "./guest/node/timers.ts",
  "timers/promises": "./guest/node/timers_promises.ts",
  tty: "@jspm/core/nodelibs/tty",
  url: "@jspm/core/nodelibs/url",
  util: "./guest/node/util.ts",
  "util/types": "./guest/node/util_types.ts",
  zlib: "@jspm/core/nodelibs/zlib",
};

/** Whether QuickJS sandboxes have that built-in, wholly or in part. */
export function isImplemented(builtin: string): boolean {
  return Object.hasOwn(IMPLEMENTED, builtin);
}

/** The implementations of built-ins, as modules that instances can import. */
export async function builtinTexts(): Promise<Pick<GuestSources, "modules" | "builtins">> {
  const entryPoints = Object.entries(IMPLEMENTED).map(([name, file]) => ({
    in: file.startsWith("./") ? fileURLToPath(new URL(file, import.meta.url)) : file,
    out: builtinFile(name),
  }));
  const { outputFiles, metafile } = await build({
    entryPoints,
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    outdir: "/",
    bundle: true,
    // One copy of what several of them use, such as `Buffer`.
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    external: ["node:*"],
    target: "es2023",
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
  });
  const modules = Object.fromEntries(
    outputFiles.map((file: OutputFile) => [`${BUILTIN_PREFIX}${baseName(file.path)}`, file.text]),
  );
  const found = new Map(
    Object.entries(metafile.outputs).map(([path, { exports }]) => [baseName(path), exports]),
  );
  const builtins = Object.fromEntries(
    Object.keys(IMPLEMENTED).map((name) => [name, found.get(`${builtinFile(name)}.js`) ?? []]),
  );
  return { modules, builtins };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
