import type { Plugin } from "esbuild";
import { namesTaken } from "./names_taken.ts";

/** Names that `shims/ai.mjs` offers. Everything else needs the real package. */
export const AI_HELPER_NAMES: ReadonlySet<string> = new Set([
  "tool",
  "dynamicTool",
  "jsonSchema",
  "lazySchema",
  "generateId",
  "createIdGenerator",
]);

const NAMESPACE = "shim";

/**
 * Puts small modules in place of packages that a sandbox does not need whole: `undici`, whose sockets
 * no sandbox has, and `ai`, 360 KB and 40 ms of evaluation for what is mostly an identity function.
 * `ai` is replaced for each file that takes nothing but {@linkcode AI_HELPER_NAMES} from it; the
 * symbols that mark schemas are global, so replaced and real ones may meet in one bundle.
 */
export function packageShims(): Plugin {
  return {
    name: "airlock-shims",
    setup(build) {
      build.onResolve({ filter: /^undici$/ }, () => shim("undici"));
      build.onResolve(
        { filter: /^(?:ai|@ai-sdk\/provider-utils)$/, namespace: "file" },
        ({ path, importer }) => {
          const names = namesTaken(importer, path);
          return names?.every((name) => AI_HELPER_NAMES.has(name)) ? shim("ai") : undefined;
        },
      );
      build.onResolve({ filter: /^\.\/\w+\.mjs$/, namespace: NAMESPACE }, ({ path }) => {
        return shim(path.slice("./".length, -".mjs".length));
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => ({
        contents: await Deno.readTextFile(new URL(`./shims/${path}.mjs`, import.meta.url)),
      }));
    },
  };
}

function shim(name: string) {
  return { path: name, namespace: NAMESPACE, sideEffects: false };
}
