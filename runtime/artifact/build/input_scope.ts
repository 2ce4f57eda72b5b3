import { join, relative, sep } from "node:path";
import { buildError } from "./build_error.ts";
import type { BuildLimits } from "./build_limits.ts";

/** What esbuild could be made to parse or embed; anything else is only ever copied. */
const PARSEABLE = /\.(?:[cm]?[jt]sx?|json5?|wasm|css|txt|html?|svg|md)$/i;
const NEVER_PARSED = /\.(?:d\.[cm]?ts|map)$/i;

/** A native addon, or the recipe that an install script would compile one by. */
const NATIVE_FILE = /\.node$|^binding\.gyp$/;

/** The directory that a build may read, after links. */
export interface InputScope {
  /** Real path, without a trailing separator. */
  readonly root: string;
  /** Names of packages inside that hold a native addon or what one is compiled from, sorted. */
  readonly nativePackages: readonly string[];
  /** Whether a real path lies inside. */
  contains(path: string): boolean;
  /** A path as it may be shown to a caller. */
  display(path: string): string;
}

/**
 * Walks a fetched directory before any of it is parsed: links must end inside, devices and pipes
 * are refused (reading one would never end), count and sizes are bounded.
 *
 * @throws {AirlockError} `artifact_failed` at stage `build`.
 */
export function openInputScope(directory: string, limits: BuildLimits): InputScope {
  const root = Deno.realPathSync(directory);
  const nativePackages = new Set<string>();
  const scope: InputScope = {
    root,
    get nativePackages() {
      return [...nativePackages].sort();
    },
    contains: (path) => path === root || path.startsWith(root + sep),
    display: (path) => {
      if (!path.startsWith(root + sep)) return "a path outside the package";
      return relative(root, path).replaceAll(/(?:^|\/)\.deno\/[^/]+\/node_modules\//g, "/");
    },
  };
  let entries = 0;
  let bytes = 0;
  const pending = [root];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const child of Deno.readDirSync(current)) {
      const path = join(current, child.name);
      entries += 1;
      if (entries > limits.inputFiles) throw tooLarge("files", limits.inputFiles);
      if (child.isDirectory) pending.push(path);
      else if (child.isSymlink) checkLink(path, scope);
      else if (!child.isFile) throw special(scope.display(path));
      else if (NATIVE_FILE.test(child.name)) {
        nativePackages.add(packageAround(relative(root, path)));
      } else if (PARSEABLE.test(child.name) && !NEVER_PARSED.test(child.name)) {
        const { size } = Deno.lstatSync(path);
        if (size > limits.inputFileBytes) {
          throw tooLarge("bytes in one file", limits.inputFileBytes);
        }
        bytes += size;
        if (bytes > limits.inputBytes) throw tooLarge("bytes of source", limits.inputBytes);
      }
    }
  }
  return scope;
}

/** The package that a file belongs to, by the last `node_modules` on the way to it. */
function packageAround(path: string): string {
  const [scopeOrName = "", name] = (`/${path}`.split("/node_modules/").at(-1) ?? "").split("/");
  return scopeOrName.startsWith("@") ? `${scopeOrName}/${name}` : scopeOrName || "the package";
}

function checkLink(path: string, scope: InputScope): void {
  let target: string;
  try {
    target = Deno.realPathSync(path);
  } catch (error) {
    // A link to nothing can be neither read nor followed; package managers leave some behind.
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (!scope.contains(target)) {
    throw buildError("outside", `${scope.display(path)} is a link that leads outside`, {
      suggestion: "Publish the package with plain files only",
      details: { path: scope.display(path) },
    });
  }
}

function special(path: string): Error {
  return buildError("special_file", `${path} is neither a file nor a directory`, {
    suggestion: "Publish the package with plain files only",
    details: { path },
  });
}

function tooLarge(what: string, limit: number): Error {
  return buildError("too_large", `more than ${limit} ${what}`, {
    suggestion: "Use a smaller package",
    details: { limit },
  });
}
