import { AirlockError } from "../../spec/errors.ts";
import type {
  ArtifactLock,
  FetchedPackage,
  PackageSource,
  ResolvedPackage,
  StepOptions,
} from "../../spec/artifact.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import { Deadline } from "./deadline.ts";
import { esmError, quoted } from "./esm_error.ts";
import type { EsmLimits } from "./esm_limits.ts";
import { fetchModuleGraph } from "./module_graph.ts";
import { ModuleStore } from "./module_store.ts";
import { NetworkClock } from "./network_clock.ts";
import { OriginClient, type OriginResponse, path } from "./origin_client.ts";
import {
  exactVersionIn,
  formatPackagePath,
  isExactVersion,
  type PackagePath,
  parsePackageName,
} from "./package_path.ts";

/** What an esm source is made of. */
export interface EsmSourceOptions {
  /** `https://host[:port]/` or, for an origin on a trusted network, `http:`. */
  readonly origin: URL;
  readonly limits: EsmLimits;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Builds for Deno keep Node built-ins as `node:` imports; `denonext` is the current kind. */
const TARGET = "denonext";
const MAX_ENTRY_BYTES = 64 * 1024;
const MAX_PACKAGE_JSON_BYTES = 1024 * 1024;

/**
 * Packages from an esm.sh-compatible origin. Nothing outside the origin is ever asked, and nothing
 * downloaded is run.
 * @throws {AirlockError} `invalid_input` where `origin` is not a bare HTTP origin.
 */
export function createEsmSource(options: EsmSourceOptions): PackageSource {
  const { origin } = options;
  if (!/^https?:$/.test(origin.protocol) || origin.href !== `${origin.origin}/`) {
    throw new AirlockError("invalid_input", "Configure esm origin: not a bare http(s) origin", {
      stage: "request",
      suggestion: "Write AIRLOCK_ESM_ORIGIN as https://host without path, query or credentials",
    });
  }
  return new EsmSource(options);
}

class EsmSource implements PackageSource {
  readonly kind = "esm";
  readonly #options: EsmSourceOptions;

  constructor(options: EsmSourceOptions) {
    this.#options = options;
  }

  async resolve(
    packageName: string,
    version: string | undefined,
    options: StepOptions,
  ): Promise<ResolvedPackage> {
    const wanted = parsePackageName(packageName, version);
    if (version !== undefined && isExactVersion(version)) {
      return { source: "esm", packageName, version };
    }
    using deadline = new Deadline(options.signal, {
      timeoutMs: this.#options.limits.timeoutMs,
      stage: "resolve",
    });
    const exact = await this.#exactVersion(wanted, deadline.signal);
    options.progress?.(`esm: ${packageName} is ${exact}`);
    return { source: "esm", packageName, version: exact };
  }

  async fetch(
    resolved: ResolvedPackage,
    options: StepOptions & { readonly directory: string; readonly lock?: ArtifactLock },
  ): Promise<FetchedPackage> {
    const { limits, origin } = this.#options;
    const wanted = parsePackageName(resolved.packageName, resolved.version);
    using deadline = new Deadline(options.signal, { timeoutMs: limits.timeoutMs, stage: "fetch" });
    const { signal } = deadline;
    const clock = new NetworkClock();
    const client = this.#client(clock);
    const modulesDirectory = `${options.directory}/modules`;
    await Deno.mkdir(modulesDirectory, { recursive: true, mode: 0o700 });
    const store = new ModuleStore({ directory: modulesDirectory, limits, lock: options.lock });
    const graph = await fetchModuleGraph(this.#entryUrl(wanted), {
      origin,
      client,
      store,
      limits,
      signal,
      progress: options.progress,
    });
    this.#assertVersion(graph.entry, wanted);
    const packageJson = await this.#packageJson(wanted, { ...options, signal, client, store });
    store.assertComplete();
    return {
      resolved,
      directory: options.directory,
      entry: graph.entry,
      packageJson,
      lock: { packages: {}, modules: store.lockedModules },
      modules: store.modules,
      redirects: graph.redirects,
      networkMs: Math.round(clock.totalMs),
      downloadedBytes: store.totalBytes,
    };
  }

  #client(clock: NetworkClock): OriginClient {
    const { origin, limits, fetch = globalThis.fetch } = this.#options;
    return new OriginClient({ origin, limits, fetch, clock });
  }

  #entryUrl(wanted: PackagePath): URL {
    return new URL(`${formatPackagePath(wanted)}?target=${TARGET}`, this.#options.origin);
  }

  /** Where the origin redirects to, else what its entry module names. */
  async #exactVersion(wanted: PackagePath, signal: AbortSignal): Promise<string> {
    const response = await this.#client(new NetworkClock()).get(this.#entryUrl(wanted), {
      signal,
      stage: "resolve",
      maxBytes: MAX_ENTRY_BYTES,
      wantsBody: ({ url, headers }) => versionInHead(url, headers, wanted.name) === undefined,
    });
    const found = versionInHead(response.url, response.headers, wanted.name) ??
      versionInBody(response, wanted.name);
    if (found !== undefined) return found;
    throw esmError({
      reason: "bad_version",
      message: `Resolve ${quoted(wanted.name)}: the esm origin names no exact version`,
    }, { stage: "resolve", suggestion: "Ask for an exact version" });
  }

  /** Guards against an origin that answers an exact version with another one, or another package. */
  #assertVersion(entry: string, wanted: PackagePath): void {
    const { pathname } = new URL(entry);
    if (exactVersionIn(pathname, wanted.name) === wanted.version) return;
    throw esmError({
      reason: "bad_version",
      message: `Fetch ${quoted(formatPackagePath(wanted))}: the esm origin answered with ${
        quoted(pathname)
      }`,
    }, { stage: "fetch", suggestion: "Take the package from npm" });
  }

  async #packageJson(
    wanted: PackagePath,
    options: StepOptions & { readonly client: OriginClient; readonly store: ModuleStore },
  ): Promise<JsonObject> {
    const packagePath = { ...wanted, subpath: "package.json" };
    const url = new URL(formatPackagePath(packagePath), this.#options.origin);
    let response: OriginResponse;
    try {
      response = await options.client.get(url, {
        signal: options.signal,
        stage: "fetch",
        maxBytes: MAX_PACKAGE_JSON_BYTES,
      });
    } catch (error) {
      // Without it a package still runs, under its own name only; a lock that has it insists on it.
      if (options.signal.aborted || options.store.isLocked(path(url))) throw error;
      options.progress?.("esm: no package.json");
      return {};
    }
    const parsed = parseObject(response.bytes ?? new Uint8Array());
    if (parsed === null) return {};
    options.store.note(path(url), response.bytes ?? new Uint8Array());
    return parsed;
  }
}

function versionInHead(url: URL, headers: Headers, name: string): string | undefined {
  return exactVersionIn(url.pathname, name) ??
    exactVersionIn(headers.get("x-esm-path") ?? "", name);
}

function versionInBody(response: OriginResponse, name: string): string | undefined {
  const text = new TextDecoder().decode(response.bytes ?? new Uint8Array());
  for (const [, specifier] of text.matchAll(/\bfrom\s*["'](\/[^"'\s]+)["']/g)) {
    const version = exactVersionIn(specifier!, name);
    if (version !== undefined) return version;
  }
  return undefined;
}

function parseObject(bytes: Uint8Array): JsonObject | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJsonObject(value) ? value : null;
  } catch {
    // Only a syntax error can throw here, and `null` says exactly that.
    return null;
  }
}
