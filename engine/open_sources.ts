import { join } from "node:path";
import type { Config, Environment } from "../config.ts";
import type { PackageSource } from "../spec/artifact.ts";
import { DEFAULT_ESM_LIMITS } from "../registry/esm/esm_limits.ts";
import { createEsmSource } from "../registry/esm/esm_source.ts";
import { loadNpmConfig, type NpmConfig } from "../registry/npm/npm_config.ts";
import { createNpmSource, type NpmPackageSource } from "../registry/npm/npm_source.ts";

/** The sources that tools may come from, and what is known of their names. */
export interface Sources {
  readonly all: readonly PackageSource[];
  /** Installs npm packages for code that is none itself. */
  readonly install: NpmPackageSource["install"];
  /** Whether a name that npm does not have may be looked for at the esm origin. */
  readonly allowsFallback: (packageName: string) => boolean;
  /** Whether anybody may have the package: it came without credentials, from where most come. */
  readonly isPublic: (packageName: string, source: string) => boolean;
}

/** Connects the sources. npm's own configuration is read when the first package is asked for. */
export function openSources(config: Config, environment: Environment): Sources {
  let known: NpmConfig | null = null;
  const loadConfig = async () =>
    known = await loadNpmConfig({
      registry: config.npm.registry,
      env: definedOnly(environment),
      home: environment.HOME ?? "/",
      cwd: Deno.cwd(),
    });
  const npm = createNpmSource({
    loadConfig,
    cacheDirectory: join(config.dataDirectory, "npm"),
    minAgeMs: config.npm.minAgeMs,
  });
  return {
    install: (dependencies, options) => npm.install(dependencies, options),
    all: [
      npm,
      createEsmSource({ origin: new URL(config.esmOrigin), limits: DEFAULT_ESM_LIMITS }),
    ],
    // A name with a registry of its own is private there; elsewhere somebody else may own it.
    allowsFallback: (packageName) => known !== null && sharesRegistry(known, packageName),
    isPublic: (packageName, source) => {
      if (source !== "npm") return source === "esm";
      return known !== null && sharesRegistry(known, packageName) &&
        known.registryFor(packageName).authorization === undefined;
    },
  };
}

/** Whether the package comes from where packages without a scope come from. */
function sharesRegistry(config: NpmConfig, packageName: string): boolean {
  return config.registryFor(packageName).url.href === config.registryFor("airlock").url.href;
}

function definedOnly(environment: Environment): Record<string, string> {
  const defined = Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(defined);
}
