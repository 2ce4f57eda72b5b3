import { join, sep } from "node:path";
import type {
  ArtifactLock,
  FetchedPackage,
  PackageSource,
  ResolvedPackage,
  StepOptions,
} from "../../spec/artifact.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { artifactFailure } from "./artifact_failure.ts";
import { type InstalledTree, installTree } from "./install_tree.ts";
import { parseIntegrity } from "./integrity.ts";
import { NetworkMeter } from "./network_meter.ts";
import { NpmClient } from "./npm_client.ts";
import type { NpmConfig } from "./npm_config.ts";
import { DEFAULT_NPM_LIMITS, type NpmLimits } from "./npm_limits.ts";
import { packageEntry } from "./package_entry.ts";
import { parsePackageSpecifier } from "./package_name.ts";
import type { Packument } from "./packument.ts";
import { readVersionWish, resolveVersion } from "./resolve_version.ts";
import { TarballCache } from "./tarball_cache.ts";

/** What an npm source is made of. */
export interface NpmSourceOptions {
  /** Called once, when the first package is asked for: reading npm's configuration takes a while. */
  readonly loadConfig: () => Promise<NpmConfig>;
  /** Absolute path of a private directory for verified tarballs, kept from run to run. */
  readonly cacheDirectory: string;
  /** The cache is cut back to this after each fetch; 512 MiB unless stated. */
  readonly cacheBytes?: number;
  /** Versions, dependencies included, younger than this are not used; `0` for no minimum. */
  readonly minAgeMs?: number;
  /** How long a registry's answer about a package holds; 60 s unless stated. */
  readonly packumentFreshMs?: number;
  readonly limits?: Partial<NpmLimits>;
}

/** Packages on disk, and what it took to get them. */
export interface InstalledDependencies extends InstalledTree {
  readonly networkMs: number;
  readonly downloadedBytes: number;
}

/** A source of packages that also installs several at once, for code that is no package itself. */
export interface NpmPackageSource extends PackageSource {
  /**
   * Installs exact versions below `directory`, which is empty and private, with all they depend on.
   * @throws {AirlockError} `artifact_failed` at stage `fetch`.
   */
  install(
    dependencies: Readonly<Record<string, string>>,
    options: StepOptions & { readonly directory: string; readonly lock?: ArtifactLock },
  ): Promise<InstalledDependencies>;
}

/** Packages from npm registries. `packageName` may end in a subpath: `lodash/get`. */
export function createNpmSource(options: NpmSourceOptions): NpmPackageSource {
  return new NpmSource(options);
}

class NpmSource implements NpmPackageSource {
  readonly kind = "npm";
  readonly #options: NpmSourceOptions;
  readonly #limits: NpmLimits;
  readonly #cache: TarballCache;
  #client: Promise<NpmClient> | undefined;

  constructor(options: NpmSourceOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_NPM_LIMITS, ...options.limits };
    this.#cache = new TarballCache(options.cacheDirectory, options.cacheBytes ?? 512 * 1024 * 1024);
  }

  async resolve(
    packageName: string,
    version: string | undefined,
    { signal, progress }: StepOptions,
  ): Promise<ResolvedPackage> {
    const { name } = parsePackageSpecifier(packageName);
    const wish = readVersionWish(version);
    const { packument, exact } = await this.#choose(name, { wish, signal });
    const published = packument.versions.get(exact);
    if (published?.deprecated === true) progress?.(`${name}@${exact} is deprecated`);
    const integrity = parseIntegrity(published?.integrity);
    const resolved = { source: this.kind, packageName, version: exact } as const;
    return integrity === undefined ? resolved : { ...resolved, integrity: integrity.text };
  }

  /** The version that is meant. One that was published since the registry was asked is found too. */
  async #choose(
    name: string,
    { wish, signal }: { readonly wish: string; readonly signal: AbortSignal },
  ): Promise<{ readonly packument: Packument; readonly exact: string }> {
    const client = await this.#connect();
    const minAgeMs = this.#options.minAgeMs ?? 0;
    const ask = { signal, withTimes: minAgeMs > 0 };
    const known = await client.packument(name, ask);
    if (known === undefined) throw notFound(name);
    const choose = (packument: Packument) => ({
      packument,
      exact: resolveVersion(packument, wish, { minAgeMs, nowMs: Date.now() }),
    });
    try {
      return choose(known);
    } catch (error) {
      // It is asked by entity tag. A package that is not there costs it a request each time as well.
      const now = await client.packument(name, { ...ask, maxAgeMs: 0 });
      if (now === undefined || now === known) throw error;
      return choose(now);
    }
  }

  async fetch(
    resolved: ResolvedPackage,
    options: StepOptions & { readonly directory: string; readonly lock?: ArtifactLock },
  ): Promise<FetchedPackage> {
    const { name, subpath } = parsePackageSpecifier(resolved.packageName);
    const { version } = resolved;
    options.progress?.(`installing ${name}@${version}`);
    const directory = await Deno.realPath(options.directory);
    const tree = await this.install({ [name]: version }, { ...options, directory });
    if (resolved.integrity !== undefined) expectIntegrity(resolved, tree.packages);
    const packageDirectory = await realPackageDirectory(tree.projectDirectory, name);
    const packageJson = await readPackageJson(packageDirectory, { name, version });
    return {
      resolved,
      directory,
      entry: await packageEntry(packageDirectory, { packageJson, subpath }),
      packageJson,
      lock: { packages: tree.packages, modules: {} },
      networkMs: tree.networkMs,
      downloadedBytes: tree.downloadedBytes,
    };
  }

  async install(
    dependencies: Readonly<Record<string, string>>,
    { directory, signal, lock }: StepOptions & {
      readonly directory: string;
      readonly lock?: ArtifactLock;
    },
  ): Promise<InstalledDependencies> {
    const meter = new NetworkMeter();
    const tree = await installTree(dependencies, {
      directory,
      signal,
      lock,
      meter,
      client: await this.#connect(),
      limits: this.#limits,
      cache: this.#cache,
      minAgeMs: this.#options.minAgeMs ?? 0,
    });
    return { ...tree, networkMs: meter.networkMs, downloadedBytes: meter.downloadedBytes };
  }

  async #connect(): Promise<NpmClient> {
    const connecting = this.#client ??= this.#options.loadConfig().then((config) =>
      new NpmClient({
        config,
        limits: this.#limits,
        packumentFreshMs: this.#options.packumentFreshMs ?? 60_000,
      })
    );
    try {
      return await connecting;
    } catch (error) {
      // The file may be mended before the next call.
      if (this.#client === connecting) this.#client = undefined;
      throw error;
    }
  }
}

function expectIntegrity(
  { packageName, version, integrity }: ResolvedPackage,
  packages: Readonly<Record<string, string>>,
): void {
  const { name } = parsePackageSpecifier(packageName);
  if (packages[`${name}@${version}`] === integrity) return;
  throw artifactFailure("integrity", `verify ${name}@${version}: changed since it was resolved`, {
    suggestion: "Resolve the package again; if it keeps changing, do not trust the registry.",
    details: { package: `${name}@${version}` },
  });
}

async function realPackageDirectory(project: string, name: string): Promise<string> {
  const modules = join(project, "node_modules");
  const real = await Deno.realPath(join(modules, name));
  if (real.startsWith(modules + sep)) return real;
  throw artifactFailure("archive", `check ${name}: it is outside of its directory`, {
    suggestion: "Do not use this package; report it to its registry.",
  });
}

async function readPackageJson(
  directory: string,
  expected: { readonly name: string; readonly version: string },
): Promise<JsonObject> {
  const value = parseJson(await Deno.readTextFile(join(directory, "package.json")));
  if (isJsonObject(value)) {
    if (value["name"] === expected.name && value["version"] === expected.version) return value;
  }
  const label = `${expected.name}@${expected.version}`;
  throw artifactFailure("entry", `read package.json of ${label}: it describes another package`, {
    suggestion: "Do not use this version; its archive does not hold what its registry says.",
    details: { package: label },
  });
}

function parseJson(text: string): JsonValue | undefined {
  try {
    // A byte order mark is common in files written on Windows; npm ignores it too.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // Not JSON: the caller says what it needed it for.
    return undefined;
  }
}

function notFound(name: string): Error {
  return artifactFailure("packument", `resolve ${name}: not found in its registry`, {
    stage: "resolve",
    suggestion: "Check the spelling, and the registry and token configured for its scope.",
    details: { package: name },
  });
}
