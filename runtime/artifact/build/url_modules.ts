import type { Loader, Plugin } from "esbuild";
import type { FetchedModule } from "../../../spec/artifact.ts";
import { buildError } from "./build_error.ts";
import { builtinName } from "./node_builtins.ts";
import { wasmModule } from "./wasm_module.ts";

/** Namespace of modules named by URL. */
export const URL_NAMESPACE = "url";

/** Modules that were fetched by URL. */
export interface UrlModuleSet {
  readonly modules: ReadonlyMap<string, FetchedModule>;
  readonly redirects: ReadonlyMap<string, string>;
}

/** The stored module that a URL stands for, after redirects; `undefined` where none was fetched. */
export function finalUrl(url: string, set: UrlModuleSet): string | undefined {
  let current = url;
  // A chain longer than this was refused while fetching.
  for (let hop = 0; hop < 16; hop++) {
    if (set.modules.has(current)) return current;
    const next = set.redirects.get(current);
    if (next === undefined) return undefined;
    current = next;
  }
  return undefined;
}

/**
 * Resolves imports between modules named by URL: relative, absolute path and full URL, through the
 * map of what was fetched. Nothing is ever read that is not in the map.
 */
export function urlModules(set: UrlModuleSet): Plugin {
  return {
    name: "airlock-url",
    setup(build) {
      build.onResolve({ filter: /.*/, namespace: URL_NAMESPACE }, ({ path, importer }) => {
        if (builtinName(path) !== undefined) return undefined;
        const url = /^(?:\.{0,2}\/|https?:)/.test(path) ? URL.parse(path, importer) : null;
        const final = url === null ? undefined : finalUrl(url.href, set);
        if (final === undefined) {
          const detail = buildError("forbidden_import", `${path} was not fetched`, {
            suggestion: "Ask for a version whose modules import one another by URL only",
            details: { specifier: path, importer },
          });
          return { errors: [{ text: detail.message, detail }] };
        }
        return { path: final, namespace: URL_NAMESPACE };
      });
      build.onLoad(
        { filter: /.*/, namespace: URL_NAMESPACE },
        async ({ path, with: attributes }) => {
          const module = set.modules.get(path)!;
          const bytes = await Deno.readFile(module.file);
          const loader = loaderOf(module.contentType, path, attributes.type);
          if (loader === "wasm") return { contents: wasmModule(bytes), loader: "js" };
          return { contents: bytes, loader };
        },
      );
    },
  };
}

function loaderOf(
  contentType: string,
  url: string,
  attribute: string | undefined,
): Loader | "wasm" {
  if (attribute === "text") return "text";
  if (attribute === "bytes") return "binary";
  if (contentType === "application/wasm") return "wasm";
  if (contentType === "application/json" || contentType.endsWith("+json")) return "json";
  if (contentType === "text/css") return "text";
  if (/typescript/.test(contentType) || /\.m?ts$/.test(new URL(url).pathname)) return "ts";
  return "js";
}
