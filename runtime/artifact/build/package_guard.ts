import { isAbsolute } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin } from "esbuild";
import { buildError } from "./build_error.ts";
import type { InputScope } from "./input_scope.ts";
import { outsidePattern } from "./outside_pattern.ts";
import { wasmModule } from "./wasm_module.ts";

/** Namespace of modules that throw when they are evaluated; the path says why. */
export const ABSENT_NAMESPACE = "absent";
/** The same, for native addons. */
export const ADDON_NAMESPACE = "addon";

/** What a guard saw while a bundle was made. */
export interface GuardReport {
  /** A file outside was asked for: worth building again with `careful`. */
  outside: boolean;
  /** Lines for a person. */
  readonly warnings: Set<string>;
}

/** Options of {@linkcode packageGuard}. */
export interface GuardOptions {
  readonly scope: InputScope;
  readonly report: GuardReport;
  /**
   * Resolves every import in JavaScript, slower, so that packages which are not there become
   * modules that throw when they are reached, as they would without a bundler.
   */
  readonly careful: boolean;
}

const IN_PROGRESS: unique symbol = Symbol("in progress");

/**
 * Keeps a bundle inside its package: no file outside `scope` is read, whatever `package.json` maps,
 * links or specifiers say; code from URLs or other registries is refused; native addons are never
 * loaded.
 */
export function packageGuard({ scope, report, careful }: GuardOptions): Plugin {
  return {
    name: "airlock-guard",
    setup(build) {
      build.onResolve({ filter: /^(?:[a-z][a-z0-9+.-]+:|\/|\\)/i }, (args) => {
        if (args.kind === "entry-point" || args.namespace === "entry") return undefined;
        if (args.pluginData === IN_PROGRESS) return undefined;
        return isAbsolute(args.path) ? refuseOutside(args.path) : foreignImport(args, report);
      });
      build.onResolve({ filter: /\.node$/ }, (args) => nativeAddon(args, report));
      if (careful) {
        build.onResolve({ filter: /.*/, namespace: "file" }, async (args) => {
          if (args.pluginData === IN_PROGRESS || args.kind === "entry-point") return undefined;
          const { path, kind, importer, resolveDir } = args;
          const found = await build.resolve(path, {
            kind,
            importer,
            resolveDir,
            namespace: "file",
            with: args.with,
            pluginData: IN_PROGRESS,
          });
          const inside = found.namespace !== "file" || scope.contains(found.path);
          if (found.errors.length === 0 && inside) return found;
          if (found.errors.length === 0 && !isBare(path)) return refuseOutside(path);
          return absent(`Cannot find ${describe(path)}`, args, report);
        });
      }
      build.onLoad({ filter: outsidePattern(scope.root + "/"), namespace: "file" }, ({ path }) => {
        report.outside = true;
        return refuseOutside(path);
      });
      build.onLoad({ filter: /\.wasm$/, namespace: "file" }, async ({ path, with: attributes }) => {
        if (attributes.type !== undefined) return undefined;
        if (!scope.contains(path)) return refuseOutside(path);
        return { contents: wasmModule(await Deno.readFile(path)), loader: "js" };
      });
      const throwing = ({ path }: { path: string }) => ({
        // CommonJS, so that any name may be imported from it; it throws when it is evaluated.
        contents: `throw Object.assign(new Error(${JSON.stringify(path)}), ` +
          `{ code: "MODULE_NOT_FOUND" }); module.exports = {};`,
      });
      build.onLoad({ filter: /.*/, namespace: ABSENT_NAMESPACE }, throwing);
      build.onLoad({ filter: /.*/, namespace: ADDON_NAMESPACE }, throwing);
    },
  };
}

function isBare(specifier: string): boolean {
  return !/^(?:\.{0,2}\/|\.{1,2}$|#)/.test(specifier);
}

function describe(specifier: string): string {
  return isBare(specifier) ? `package "${specifier}"` : `module "${specifier}"`;
}

function absent(reason: string, args: OnResolveArgs, report: GuardReport): OnResolveResult {
  report.warnings.add(`${reason}: code that needs it will fail`);
  return {
    path: reason,
    namespace: ABSENT_NAMESPACE,
    pluginData: { specifier: args.path },
  };
}

function refuseOutside(path: string): OnResolveResult {
  const shown = isAbsolute(path) ? "an absolute path" : path;
  const detail = buildError("outside", `it imports ${shown}, which lies outside the package`, {
    suggestion: "Import only files of the package and its dependencies",
  });
  return { errors: [{ text: detail.message, detail }] };
}

/** `https:`, `npm:`, `jsr:`, `file:`, `data:` and their kind. */
function foreignImport(args: OnResolveArgs, report: GuardReport): OnResolveResult {
  if (args.kind === "dynamic-import" || args.kind === "require-call") {
    return absent(`Importing "${args.path}" is refused`, args, report);
  }
  const detail = buildError("forbidden_import", `it imports ${JSON.stringify(args.path)}`, {
    suggestion: "Depend on the package by name instead, so that it is fetched and locked",
    details: { specifier: args.path },
  });
  return { errors: [{ text: detail.message, detail }] };
}

/** Nothing is refused yet: whether the addon is needed for certain shows in the finished graph. */
function nativeAddon(args: OnResolveArgs, report: GuardReport): OnResolveResult {
  const result = absent(`Native addon "${args.path}" is never loaded`, args, report);
  return { ...result, namespace: ADDON_NAMESPACE };
}
