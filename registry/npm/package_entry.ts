import { join, sep } from "node:path";
import { exports as resolveExports } from "resolve.exports";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { artifactFailure } from "./artifact_failure.ts";

/**
 * Finds the module that `import "name"` or `import "name/sub"` loads, as Node and bundlers do: the
 * `exports` map with the conditions `import`, `node` and `default`; without a map `module`, `main`
 * and `index.js`, each also with an extension or as a directory. Before all of them the plug-in that
 * an `airlock.plugin` field names.
 * @param packageDirectory Real path of the package.
 * @returns Real path, inside `packageDirectory`.
 * @throws {AirlockError} `artifact_failed`, step `entry`.
 */
export async function packageEntry(
  packageDirectory: string,
  { packageJson, subpath }: { readonly packageJson: JsonObject; readonly subpath: string },
): Promise<string> {
  const map = packageJson["exports"];
  const plugin = subpath === "." ? pluginCandidate(packageJson) : undefined;
  const candidates = plugin !== undefined
    ? [plugin]
    : map === undefined || map === null
    ? legacyCandidates(packageJson, subpath)
    : mappedCandidates(packageJson, subpath);
  for (const candidate of candidates) {
    const found = await existingFile(packageDirectory, candidate);
    if (found !== undefined) return found;
  }
  throw noEntry(subpath, candidates);
}

/** A WebAssembly plug-in that the package's `airlock` field names, or describes right there. */
function pluginCandidate(packageJson: JsonObject): string | undefined {
  const field = packageJson["airlock"];
  const plugin = field !== undefined && isJsonObject(field) ? field["plugin"] : undefined;
  if (plugin !== undefined && isJsonObject(plugin)) return "./package.json";
  return typeof plugin === "string" && plugin !== "" ? plugin : undefined;
}

function mappedCandidates(packageJson: JsonObject, subpath: string): readonly string[] {
  try {
    return resolveExports(packageJson, subpath, { conditions: ["node"] }) ?? [];
  } catch {
    // The library throws for a subpath or a condition that the map does not have.
    return [];
  }
}

function legacyCandidates(packageJson: JsonObject, subpath: string): readonly string[] {
  if (subpath !== ".") return withExtensions(subpath);
  const fields = [packageJson["module"], packageJson["main"]].filter(isText);
  return [...fields.flatMap(withExtensions), ...withExtensions("./index")];
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}

function withExtensions(path: string): string[] {
  const endings = ["", ".js", ".mjs", ".cjs", ".json", "/index.js", "/index.mjs", "/index.cjs"];
  return endings.map((ending) => path.replace(/\/$/, "") + ending);
}

async function existingFile(directory: string, relative: string): Promise<string | undefined> {
  const path = join(directory, relative);
  try {
    const real = await Deno.realPath(path);
    const inside = real.startsWith(directory + sep);
    return inside && (await Deno.stat(real)).isFile ? real : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}

function noEntry(subpath: string, candidates: readonly string[]): Error {
  const what = subpath === "." ? "the package's main module" : `the module at ${subpath}`;
  return artifactFailure("entry", `find entry: ${what} does not exist`, {
    suggestion: candidates.length === 0
      ? "Ask for a path that the package's exports map offers for import."
      : "Check that the package was built before it was published.",
    details: { subpath, tried: candidates.slice(0, 10) },
  });
}
