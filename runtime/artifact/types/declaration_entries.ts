import { exports as resolveExports } from "resolve.exports";
import type { JsonObject } from "../../../spec/json.ts";

/**
 * Where the declarations of a package's module may be, most likely first: the `types` condition of
 * its `exports`, `types` and `typings`, and the declaration file beside the module that is loaded.
 * @param options.entry The module, relative to the package.
 */
export function declarationEntries(
  packageJson: JsonObject,
  { subpath, entry }: { readonly subpath: string; readonly entry: string },
): readonly string[] {
  const beside = entry.replace(/\.([cm]?)[jt]sx?$/, ".d.$1ts");
  const fields = subpath === "." ? [packageJson.types, packageJson.typings] : [];
  return [
    ...mappedTypes(packageJson, subpath),
    ...fields.filter((field) => typeof field === "string").flatMap((field) =>
      /\.d\.[cm]?ts$/.test(field) ? [field] : [`${field}.d.ts`, `${field}/index.d.ts`]
    ),
    beside,
    // Declarations for one module system often serve both.
    beside.replace(/\.d\.[cm]ts$/, ".d.ts"),
    ...(subpath === "." ? ["index.d.ts"] : []),
  ].filter((path) => /\.d\.[cm]?ts$/.test(path));
}

function mappedTypes(packageJson: JsonObject, subpath: string): readonly string[] {
  if (packageJson.exports === undefined || packageJson.exports === null) return [];
  try {
    return resolveExports(packageJson, subpath, { conditions: ["types", "node"] }) ?? [];
  } catch {
    // The library throws for a subpath or a condition that the map does not have.
    return [];
  }
}
