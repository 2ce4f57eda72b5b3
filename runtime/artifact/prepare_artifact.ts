import type {
  Artifact,
  ArtifactLock,
  PackageSource,
  ResolvedPackage,
  StepOptions,
} from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { SourceWish } from "../../spec/tool.ts";
import { type BuildPolicy, BuildQueue, type BuildResult } from "./build_queue.ts";
import type { BuildTools, PrepareTimings } from "./build_steps.ts";
import { isExactVersion } from "./exact_version.ts";
import { ExpiringMap } from "./expiring_map.ts";
import { mayFallBack } from "./failure_kind.ts";
import { joinFailures } from "./join_failures.ts";
import { VersionResolver } from "./version_resolver.ts";

/** Bounds on the preparation of packages. */
export interface PreparePolicy extends BuildPolicy {
  /** How long a range, a tag or no version stands for the same exact version. */
  readonly resolveTtlMs: number;
  /** How long a package that is not there is taken to be so. */
  readonly notFoundTtlMs: number;
  /**
   * Whether `auto` may look for the package at `esm` when `npm` cannot give it. Names that live in
   * a private registry must not: somebody else may own them elsewhere.
   */
  readonly allowsFallback: (packageName: string) => boolean;
}

/** What a preparer works with. The store is its owner's to dispose. */
export interface ArtifactPreparerOptions extends BuildTools {
  readonly sources: readonly PackageSource[];
  readonly policy: PreparePolicy;
}

/** A package to prepare. */
export interface PrepareRequest {
  readonly packageName: string;
  /** Exact, a range, a tag; absent is the latest. */
  readonly version?: string;
  readonly source: SourceWish;
  /** What the tree must consist of, should it have to be fetched: anything else is not even built. */
  readonly lock?: ArtifactLock;
}

/** An artifact, on disk for as long as this is not disposed. */
export interface PreparedArtifact extends Disposable {
  readonly artifact: Artifact;
  readonly timings: PrepareTimings;
  /** Whether it had to be built; also for those who waited for another's build. */
  readonly built: boolean;
}

/** Makes a package ready for an account, which may not have every package that there is. */
export type PrepareFor = (
  request: PrepareRequest,
  options: StepOptions & { readonly tenant: string },
) => Promise<PreparedArtifact>;

/** Makes packages ready to run. Disposing stops all builds and waits until they have cleaned up. */
export interface ArtifactPreparer extends AsyncDisposable {
  /**
   * resolve → (stored?) → fetch → build → probe → store.
   *
   * @throws {AirlockError} `artifact_failed` at the stage that failed, `pool_exhausted`,
   * `deadline_exceeded`, `shutting_down`; the signal's reason when it aborts.
   */
  prepare(request: PrepareRequest, options: StepOptions): Promise<PreparedArtifact>;
}

/** Makes a preparer. */
export function createArtifactPreparer(options: ArtifactPreparerOptions): ArtifactPreparer {
  return new Preparer(options);
}

type OneSource = Exclude<SourceWish, "auto">;

interface Attempt {
  readonly source: OneSource;
  readonly options: StepOptions;
}

const MAX_FALLBACKS = 5_000;

class Preparer implements ArtifactPreparer {
  readonly #options: ArtifactPreparerOptions;
  readonly #resolver: VersionResolver;
  readonly #queue: BuildQueue;
  /** What npm could not give, but esm could: `name@wish`. */
  readonly #fallbacks: ExpiringMap<true>;
  #closed: AirlockError | undefined;

  constructor(options: ArtifactPreparerOptions) {
    const { sources, policy } = options;
    const now = () => performance.now();
    this.#options = options;
    this.#resolver = new VersionResolver({ ...policy, sources, now });
    this.#queue = new BuildQueue(options, policy);
    this.#fallbacks = new ExpiringMap({ maxEntries: MAX_FALLBACKS, now });
  }

  async prepare(request: PrepareRequest, options: StepOptions): Promise<PreparedArtifact> {
    if (this.#closed !== undefined) throw this.#closed;
    options.signal.throwIfAborted();
    if (request.source !== "auto") {
      return await this.#prepareFrom(request, { source: request.source, options });
    }
    if (this.#fallbacks.get(label(request)) !== undefined) {
      return await this.#prepareFrom(request, { source: "esm", options });
    }
    return await this.#prepareFromEither(request, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= new AirlockError("shutting_down", "Preparing the package: shutting down");
    this.#resolver.abortAll(this.#closed);
    await this.#queue.close(this.#closed);
  }

  /**
   * npm, then esm. What esm stored for somebody is not used before npm has failed: a name can have
   * another owner there.
   */
  async #prepareFromEither(
    request: PrepareRequest,
    options: StepOptions,
  ): Promise<PreparedArtifact> {
    let wish = request;
    const onResolved = ({ version }: ResolvedPackage) => wish = { ...request, version };
    try {
      return await this.#prepareFrom(request, { source: "npm", options, onResolved });
    } catch (error) {
      if (!(error instanceof AirlockError) || !this.#fallsBack(request, error)) throw error;
      options.progress?.(`npm cannot give ${request.packageName}, asking esm`);
      // The same version, where npm knew one: not whatever is the latest elsewhere.
      const prepared = await this.#fallBack(wish, { error, options });
      const ttlMs = this.#options.policy.resolveTtlMs;
      for (const one of [request, wish]) this.#fallbacks.set(label(one), { value: true, ttlMs });
      return prepared;
    }
  }

  async #fallBack(
    wish: PrepareRequest,
    { error, options }: { readonly error: AirlockError; readonly options: StepOptions },
  ): Promise<PreparedArtifact> {
    try {
      return await this.#prepareFrom(wish, { source: "esm", options });
    } catch (second) {
      if (!(second instanceof AirlockError) || second.code !== "artifact_failed") throw second;
      throw joinFailures({ source: "npm", error }, { source: "esm", error: second });
    }
  }

  #fallsBack({ packageName }: PrepareRequest, error: AirlockError): boolean {
    const { sources, policy } = this.#options;
    return mayFallBack(error) && sources.some(({ kind }) => kind === "esm") &&
      policy.allowsFallback(packageName);
  }

  async #prepareFrom(
    { packageName, version, lock }: PrepareRequest,
    attempt: Attempt & { readonly onResolved?: (resolved: ResolvedPackage) => void },
  ): Promise<PreparedArtifact> {
    const { source, options } = attempt;
    const { store } = this.#options;
    if (version !== undefined && isExactVersion(version)) {
      // An exact version that is stored needs no network.
      const ref = { source, packageName, version };
      const lease = store.findAtOnce(ref) ?? await store.find(ref);
      if (lease !== undefined) return prepared({ lease, timings: {}, built: false });
    }
    const startMs = performance.now();
    const resolved = await this.#resolver.resolve({ source, packageName, version }, options);
    const timings: PrepareTimings = { resolve: performance.now() - startMs };
    attempt.onResolved?.(resolved);
    const lease = store.findAtOnce(resolved) ?? await store.find(resolved);
    if (lease !== undefined) return prepared({ lease, timings, built: false });
    const from = heldTo(lock, this.#resolver.source(source));
    const result = await this.#queue.build(resolved, { ...options, source: from });
    return prepared({ ...result, timings: { ...timings, ...result.timings } });
  }
}

/** What was built here before counts first: it is what was looked at. */
function heldTo(lock: ArtifactLock | undefined, source: PackageSource): PackageSource {
  if (lock === undefined) return source;
  return {
    kind: source.kind,
    resolve: (...wish) => source.resolve(...wish),
    fetch: (resolved, options) =>
      source.fetch(resolved, { ...options, lock: options.lock ?? lock }),
  };
}

function label({ packageName, version }: PrepareRequest): string {
  return `${packageName}@${version ?? ""}`;
}

function prepared({ lease, timings, built }: BuildResult): PreparedArtifact {
  const { artifact } = lease;
  return { artifact, timings, built, [Symbol.dispose]: () => lease[Symbol.dispose]() };
}
