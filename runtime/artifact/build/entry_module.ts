import type { Plugin } from "esbuild";

/**
 * The module that esbuild starts from: the package's own entry, whose export list is then kept
 * exactly; or, with `names`, a wrapper that exports these names of a CommonJS module, and its
 * `module.exports` as default (its `exports.default` where a compiler made it from an ES module).
 */
export function entryModule(
  target: { readonly path: string; readonly namespace: string },
  names: readonly string[] | undefined,
): Plugin {
  return {
    name: "airlock-entry",
    setup(build) {
      build.onResolve({ filter: /^airlock:entry$/ }, () => {
        return names === undefined ? target : { path: "entry", namespace: "entry" };
      });
      build.onResolve({ filter: /^airlock:package$/, namespace: "entry" }, () => target);
      build.onLoad(
        { filter: /.*/, namespace: "entry" },
        () => ({ contents: wrapper(names ?? []) }),
      );
    },
  };
}

function wrapper(names: readonly string[]): string {
  const exported = names.filter((name) => name !== "default" && name !== "__esModule");
  const hasDefault = !names.includes("__esModule") || names.includes("default");
  const list = exported.map((name) => JSON.stringify(name));
  if (hasDefault) list.push("default");
  return `export { ${list.join(", ")} } from "airlock:package";`;
}
