import type { BuiltArtifact, FetchedPackage, StepOptions } from "../../../spec/artifact.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../spec/json.ts";
import { type BuildLimits, DEFAULT_BUILD_LIMITS } from "./build_limits.ts";
import type { Bundler } from "./bundler.ts";

/** Options of {@linkcode buildArtifact}. */
export interface BuildOptions extends StepOptions {
  readonly bundler: Bundler;
  /** Absolute path; created where absent. After a rejection its content is undefined. */
  readonly outDirectory: string;
  readonly limits?: Partial<BuildLimits>;
}

/**
 * Turns a fetched package into files that a sandbox can load, without running any of it:
 * `bundle.mjs`, one ES module that imports nothing but `node:` built-ins; or, where the code needs
 * files beside itself, `tree/`, a copy of its packages.
 *
 * @throws {AirlockError} `artifact_failed` at stage `build`, why in `details.reason`.
 */
export function buildArtifact(
  fetched: FetchedPackage,
  { bundler, outDirectory, limits, signal, progress }: BuildOptions,
): Promise<BuiltArtifact> {
  return bundler.build({
    directory: fetched.directory,
    entry: fetched.entry,
    fixNodeEnv: !declaresEnv(fetched.packageJson, "NODE_ENV"),
    // Nothing but the bundler turns TypeScript into what runs.
    mayStayTree: fetched.modules === undefined && fetched.resolved.source !== "inline",
    modules: fetched.modules === undefined ? null : [...fetched.modules],
    redirects: [...fetched.redirects ?? []],
    outDirectory,
    limits: { ...DEFAULT_BUILD_LIMITS, ...limits },
  }, { signal, progress });
}

/** Whether a package says, in its `airlock` or `tpmjs` field, that it reads a variable. */
function declaresEnv(packageJson: JsonObject, name: string): boolean {
  return ["airlock", "tpmjs"].some((field) => {
    const settings = packageJson[field];
    const env = settings !== undefined && isJsonObject(settings) ? settings.env : undefined;
    return Array.isArray(env) && env.some((item: JsonValue) => item === name || named(item, name));
  });
}

function named(item: JsonValue, name: string): boolean {
  return isJsonObject(item) && item.name === name;
}
