import { join, relative } from "node:path";
import type { BuiltArtifact, CodeUse } from "../../../spec/artifact.ts";
import { buildError } from "./build_error.ts";
import { bundlePackage } from "./bundle_package.ts";
import { copyTree } from "./copy_tree.ts";
import { type InputScope, openInputScope } from "./input_scope.ts";
import type { PackageRequest } from "./package_request.ts";
import type { UrlModuleSet } from "./url_modules.ts";

const BUNDLE_FILE = "bundle.mjs";
const TREE_DIRECTORY = "tree";
const UNKNOWN_USE: CodeUse = { nodeBuiltins: [], globals: [], env: [] };

/**
 * Makes one package loadable: a bundle where that works, else a copy of its tree. Runs in the build
 * process, which may be killed at any moment.
 *
 * @throws {AirlockError} `artifact_failed` at stage `build`.
 */
export async function buildPackage(
  request: PackageRequest,
  progress: (line: string) => void,
): Promise<BuiltArtifact> {
  const { limits, outDirectory, fixNodeEnv, mayStayTree } = request;
  const scope = openInputScope(request.directory, limits);
  const urls: UrlModuleSet | undefined = request.modules === null ? undefined : {
    modules: new Map(request.modules),
    redirects: new Map(request.redirects),
  };
  const entry = urls === undefined ? realEntry(request.entry, scope) : request.entry;
  await Deno.mkdir(outDirectory, { recursive: true });
  progress("Bundling");
  const bundle = await bundlePackage({ entry, scope, urls, limits, fixNodeEnv });
  const reason = "fault" in bundle ? bundle.fault : bundle.needsFiles;
  const { nativePackages } = scope;
  const uses: CodeUse = {
    ..."fault" in bundle ? UNKNOWN_USE : bundle.uses,
    ...nativePackages.length > 0 && { nativePackages },
  };
  const warnings = "fault" in bundle ? [] : [...bundle.warnings];
  if (nativePackages.length > 0) {
    warnings.push(`Native code is never loaded: there is some in ${nativePackages.join(", ")}`);
  }
  if (!("fault" in bundle) && (reason === null || !mayStayTree)) {
    if (reason !== null) warnings.push(`There are no files beside the bundle: ${reason}`);
    await Deno.writeTextFile(join(outDirectory, BUNDLE_FILE), bundle.code);
    return { form: "bundle", entry: BUNDLE_FILE, uses, warnings };
  }
  if (!mayStayTree) {
    throw buildError("bundle_failed", `bundling failed: ${reason}`, {
      suggestion: urls === undefined
        ? "Mend the source, and declare the packages it imports as dependencies"
        : "Take the package from npm, or ask for another version",
    });
  }
  progress("Copying the package tree");
  await copyTree({ scope, to: join(outDirectory, TREE_DIRECTORY), limits });
  warnings.push(`Kept as a tree of files: ${reason}`);
  return {
    form: "tree",
    entry: join(TREE_DIRECTORY, relative(scope.root, entry)),
    uses,
    warnings,
  };
}

/** What `main` may leave out. */
const ENTRY_ENDINGS = ["", ".js", ".mjs", ".cjs", ".json", "/index.js"] as const;

function realEntry(entry: string, scope: InputScope): string {
  for (const ending of ENTRY_ENDINGS) {
    const real = realFile(entry + ending);
    if (real === undefined) continue;
    if (scope.contains(real)) return real;
    throw buildError("outside", "its entry module lies outside the package", {
      suggestion: "Check main and exports in the package's package.json",
    });
  }
  throw buildError("missing_package", "its entry module does not exist", {
    suggestion: "Check main and exports in the package's package.json",
  });
}

function realFile(path: string): string | undefined {
  try {
    const real = Deno.realPathSync(path);
    return Deno.statSync(real).isFile ? real : undefined;
  } catch (error) {
    // Absent, or below something that is no directory: the next ending may exist.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}
