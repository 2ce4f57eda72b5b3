import type { PackageSource, ResolvedPackage, StepOptions } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { SourceKind } from "../../spec/tool.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { ExpiringMap } from "./expiring_map.ts";
import { isNotFound } from "./failure_kind.ts";
import { SingleFlight } from "./single_flight.ts";

/** A package as a caller names it, with the source to ask. */
export interface PackageWish {
  readonly source: SourceKind;
  readonly packageName: string;
  readonly version?: string;
}

/** For how long answers are believed. */
export interface VersionResolverOptions {
  readonly sources: readonly PackageSource[];
  /** How long a range, a tag or no version stands for the same exact version. */
  readonly resolveTtlMs: number;
  /** How long a package that is not there is taken to be so. */
  readonly notFoundTtlMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

type Answer = { readonly resolved: ResolvedPackage } | { readonly error: AirlockError };

const MAX_ANSWERS = 5_000;

/** Turns wishes into exact versions, remembering answers for a short time. */
export class VersionResolver {
  readonly #options: VersionResolverOptions;
  readonly #answers: ExpiringMap<Answer>;
  readonly #flights = new SingleFlight<ResolvedPackage>({
    share: (resolved) => resolved,
    release: () => {},
  });

  constructor(options: VersionResolverOptions) {
    this.#options = options;
    this.#answers = new ExpiringMap({ maxEntries: MAX_ANSWERS, now: options.now });
  }

  /** @throws {AirlockError} What the source throws, or `invalid_input` for one not configured. */
  async resolve(wish: PackageWish, options: StepOptions): Promise<ResolvedPackage> {
    const key = canonicalJson([wish.source, wish.packageName, wish.version ?? null]);
    const known = this.#answers.get(key);
    if (known !== undefined) return read(known);
    const source = this.source(wish.source);
    return await this.#flights.join(key, {
      ...options,
      start: async (step) => {
        const answer = await ask(source, wish, step);
        this.#remember(key, answer);
        return read(answer);
      },
    });
  }

  /** @throws {AirlockError} `invalid_input` where no such source is configured. */
  source(kind: SourceKind): PackageSource {
    const source = this.#options.sources.find((candidate) => candidate.kind === kind);
    if (source !== undefined) return source;
    throw new AirlockError("invalid_input", `Resolving the package: no ${kind} source is set up`, {
      stage: "resolve",
      suggestion: `Use one of: ${this.#options.sources.map(({ kind }) => kind).join(", ")}`,
    });
  }

  /** Rejects everybody who waits. */
  abortAll(reason: unknown): void {
    this.#flights.abortAll(reason);
  }

  #remember(key: string, answer: Answer): void {
    const { resolveTtlMs, notFoundTtlMs } = this.#options;
    const ttlMs = "error" in answer ? notFoundTtlMs : resolveTtlMs;
    this.#answers.set(key, { value: answer, ttlMs });
  }
}

async function ask(source: PackageSource, wish: PackageWish, step: StepOptions): Promise<Answer> {
  try {
    return { resolved: await source.resolve(wish.packageName, wish.version, step) };
  } catch (error) {
    if (error instanceof AirlockError && isNotFound(error)) return { error };
    throw error;
  }
}

function read(answer: Answer): ResolvedPackage {
  if ("error" in answer) throw answer.error;
  return answer.resolved;
}
