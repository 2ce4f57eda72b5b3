import { builtinModules } from "node:module";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import os from "node:os";
import process from "node:process";
import type { Plugin } from "esbuild";

/**
 * Modules whose functions a sandbox replaces on the default export before tool code is loaded:
 * those of `late`, or any.
 */
const PATCHED: ReadonlyMap<string, { readonly module: object; readonly late?: readonly string[] }> =
  new Map([
    ["fs", { module: fs, late: ["existsSync"] }],
    ["http", { module: http }],
    ["https", { module: https }],
    ["os", { module: os }],
  ]);

const NAMES: ReadonlySet<string> = new Set(
  builtinModules.filter((name) => !name.startsWith("_") && !name.startsWith("node:"))
    .concat(["sqlite", "test", "sea"]),
);
const BARE_ONLY_WITH_SCHEME: ReadonlySet<string> = new Set(["sqlite", "test", "sea"]);

/** The built-in that a specifier names, without `node:`; `undefined` for anything else. */
export function builtinName(specifier: string): string | undefined {
  if (specifier.startsWith("node:")) {
    const name = specifier.slice("node:".length);
    return NAMES.has(name) ? name : undefined;
  }
  const bare = specifier.endsWith("/") ? specifier.slice(0, -1) : specifier;
  return NAMES.has(bare) && !BARE_ONLY_WITH_SCHEME.has(bare) ? bare : undefined;
}

/**
 * Leaves node built-ins outside the bundle, as static imports of `node:` names:
 *
 * - `require("x")` becomes `import x from "node:x"`, so a bundle needs no `createRequire`;
 * - names imported from `http`, `https` and `os`, and `existsSync` of `fs`, are looked up on the
 *   default export when they are called: a sandbox patches that object, and native named exports
 *   would go round the patch;
 * - `process` is `globalThis.process`, which a sandbox replaces.
 */
export function nodeBuiltins(): Plugin {
  return {
    name: "airlock-node",
    setup(build) {
      const alternatives = [...NAMES].map((name) => name.replaceAll("/", "\\/")).join("|");
      const filter = new RegExp(`^(?:node:)?(?:${alternatives})\\/?$`);
      build.onResolve({ filter }, ({ path, kind, namespace }) => {
        const name = builtinName(path);
        if (name === undefined) return undefined;
        const native = { path: `node:${name}`, external: true, sideEffects: false };
        if (namespace === "node-require" || namespace === "node-import") return native;
        if (kind === "require-call" || kind === "require-resolve") {
          return { path: name, namespace: "node-require", sideEffects: false };
        }
        const routed = name === "process" || PATCHED.has(name);
        return routed ? { path: name, namespace: "node-import", sideEffects: false } : native;
      });
      build.onLoad({ filter: /.*/, namespace: "node-require" }, ({ path }) => ({
        contents: path === "process"
          ? "module.exports = globalThis.process;"
          : `import x from "node:${path}"; module.exports = x;`,
      }));
      build.onLoad({ filter: /.*/, namespace: "node-import" }, ({ path }) => ({
        contents: path === "process" ? processModule() : patchedModule(path),
      }));
    },
  };
}

function patchedModule(name: string): string {
  const { module = {}, late } = PATCHED.get(name) ?? {};
  const lines = [`import native from "node:${name}";`, "export default native;"];
  for (const [key, value] of namedMembers(module)) {
    if (late !== undefined && !late.includes(key)) {
      lines.push(`export { ${key} } from "node:${name}";`);
      continue;
    }
    const calledLate = typeof value === "function" && /^[a-z]/.test(key);
    lines.push(
      calledLate
        ? `export const ${key} = (...args) => native.${key}(...args);`
        : `export const ${key} = native.${key};`,
    );
  }
  return lines.join("\n");
}

function processModule(): string {
  const lines = ["const native = globalThis.process;", "export default native;"];
  for (const [key, value] of namedMembers(process)) {
    lines.push(
      typeof value === "function"
        ? `export const ${key} = (...args) => globalThis.process.${key}(...args);`
        : `export const ${key} = /* @__PURE__ */ (() => native?.${key})();`,
    );
  }
  return lines.join("\n");
}

const RESERVED: ReadonlySet<string> = new Set(["default", "native", "arguments", "eval"]);

function* namedMembers(object: object): Generator<[string, unknown]> {
  for (const key of Object.keys(object)) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(key) || RESERVED.has(key)) continue;
    yield [key, Reflect.get(object, key)];
  }
}
