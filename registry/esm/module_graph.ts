import type { StepOptions } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import {
  badContent,
  type ContentKind,
  contentKind,
  decodeModule,
  essenceOf,
} from "./content_kind.ts";
import { esmError, quoted } from "./esm_error.ts";
import type { EsmLimits } from "./esm_limits.ts";
import { readModuleReferences } from "./module_imports.ts";
import type { ModuleStore } from "./module_store.ts";
import { isAtOrigin, type OriginClient, path } from "./origin_client.ts";
import { resolveSpecifier } from "./resolve_specifier.ts";
import { runBounded } from "./run_bounded.ts";

/** What a graph is fetched with. */
export interface ModuleGraphOptions extends StepOptions {
  readonly origin: URL;
  readonly client: OriginClient;
  readonly store: ModuleStore;
  readonly limits: EsmLimits;
}

/** A complete graph: every import of every module in the store leads to the store. */
export interface ModuleGraph {
  /** Final URL of the entry module. */
  readonly entry: string;
  /** Requested URL → final URL, for every URL that is not its own final one. */
  readonly redirects: ReadonlyMap<string, string>;
}

/**
 * Downloads `entry` and all it imports, level by level.
 * @throws {AirlockError} `artifact_failed` at stage `fetch`.
 */
export async function fetchModuleGraph(
  entry: URL,
  options: ModuleGraphOptions,
): Promise<ModuleGraph> {
  const walk = new GraphWalk(options);
  walk.want(entry, "javascript");
  await walk.run();
  return { entry: walk.finalOf(entry.href), redirects: walk.redirects };
}

class GraphWalk {
  readonly redirects = new Map<string, string>();
  readonly #options: ModuleGraphOptions;
  readonly #requested = new Set<string>();
  /** Final URLs whose body is being, or has been, downloaded. */
  readonly #claimed = new Set<string>();
  readonly #expectations: { readonly href: string; readonly kind: ContentKind }[] = [];
  readonly #assets = new Set<string>();
  #frontier: URL[] = [];

  constructor(options: ModuleGraphOptions) {
    this.#options = options;
  }

  /** Puts `url` on the next level, unless it was already asked for. */
  want(url: URL, expects: ContentKind | undefined): void {
    const { limits } = this.#options;
    if (expects !== undefined) this.#expectations.push({ href: url.href, kind: expects });
    if (this.#requested.has(url.href)) return;
    this.#requested.add(url.href);
    if (this.#requested.size > limits.requests) {
      throw limitError("requests", limits.requests, "distinct imports");
    }
    this.#frontier.push(url);
  }

  finalOf(href: string): string {
    return this.redirects.get(href) ?? href;
  }

  async run(): Promise<void> {
    const { limits } = this.#options;
    for (let depth = 1; this.#frontier.length > 0; depth++) {
      if (depth > limits.depth) throw limitError("depth", limits.depth, "levels of imports");
      const level = this.#frontier;
      this.#frontier = [];
      await this.#each(level, (url, signal) => this.#fetchModule(url, signal));
      this.#options.progress?.(`esm: ${this.#options.store.modules.size} modules`);
    }
    await this.#each(
      [...this.#assets].map((href) => new URL(href)),
      (url, signal) => this.#fetchAsset(url, signal),
    );
    this.#checkExpectations();
  }

  #each(urls: readonly URL[], task: (url: URL, signal: AbortSignal) => Promise<void>) {
    const { limits: { concurrency }, signal } = this.#options;
    return runBounded(urls, { concurrency, signal, task });
  }

  async #fetchModule(requested: URL, signal: AbortSignal): Promise<void> {
    const response = await this.#get(requested, signal);
    if (response === null) return;
    const { url, bytes, contentType } = response;
    const kind = contentKind(contentType);
    const text = decodeModule(bytes, { kind, essence: contentType, path: path(url) });
    await this.#options.store.add({ href: url.href, path: path(url), bytes, contentType, kind });
    if (text !== null && kind === "javascript") await this.#follow(text, url);
  }

  async #follow(source: string, importer: URL): Promise<void> {
    const references = await readModuleReferences(source).catch((cause) => {
      throw badContent(path(importer), "served as JavaScript, but it is not", { cause });
    });
    const { origin } = this.#options;
    for (const { specifier, expects } of references.imports) {
      const url = resolveSpecifier(specifier, { importer, origin });
      if (url !== null) this.want(url, expects);
    }
    for (const reference of references.assets) {
      const url = URL.canParse(reference, importer) ? new URL(reference, importer) : null;
      // A URL to elsewhere is data for `fetch`, not code: the egress grant decides about it.
      if (url === null || !isAtOrigin(url, origin) || url.pathname.endsWith("/")) continue;
      this.#assets.add(url.href);
      if (this.#assets.size > this.#options.limits.modules) {
        throw limitError("modules", this.#options.limits.modules, "assets");
      }
    }
  }

  async #fetchAsset(requested: URL, signal: AbortSignal): Promise<void> {
    try {
      const response = await this.#get(requested, signal);
      if (response === null) return;
      const { url, bytes, contentType } = response;
      const kind = contentKind(contentType);
      await this.#options.store.add({ href: url.href, path: path(url), bytes, contentType, kind });
    } catch (error) {
      // `new URL(…)` does not fail either when nothing is there; reading it later does.
      if (!(error instanceof AirlockError) || error.details.reason !== "not_found") throw error;
      this.#options.progress?.(`esm: asset ${quoted(path(requested))} not found`);
    }
  }

  /** The answer to `requested`, or `null` where its final URL is already taken care of. */
  async #get(requested: URL, signal: AbortSignal) {
    const { client, limits } = this.#options;
    const target = new URL(requested);
    target.hash = "";
    if (this.#claimed.has(target.href) || this.redirects.has(target.href)) {
      this.#redirect([requested.href], this.finalOf(target.href));
      return null;
    }
    let claimedHref: string | undefined;
    const response = await client.get(target, {
      signal,
      stage: "fetch",
      maxBytes: limits.moduleBytes,
      wantsBody: ({ url }) => {
        // A retry asks again for what this very request has claimed before.
        if (url.href === claimedHref) return true;
        if (this.#claimed.has(url.href)) return false;
        this.#claimed.add(url.href);
        claimedHref = url.href;
        if (this.#claimed.size > limits.modules) {
          throw limitError("modules", limits.modules, "modules");
        }
        return true;
      },
    });
    this.#redirect([requested.href, ...response.hops], response.url.href);
    if (response.bytes === null) return null;
    const contentType = essenceOf(response.headers.get("content-type"));
    return { url: response.url, bytes: response.bytes, contentType };
  }

  #redirect(from: readonly string[], to: string): void {
    for (const href of from) {
      if (href !== to) this.redirects.set(href, to);
    }
  }

  #checkExpectations(): void {
    for (const { href, kind } of this.#expectations) {
      const final = this.finalOf(href);
      const contentType = this.#options.store.modules.get(final)?.contentType ?? "";
      if (contentKind(contentType) !== kind) {
        throw badContent(
          path(new URL(final)),
          `imported as ${kind}, but the origin answered ${quoted(contentType)}`,
        );
      }
    }
  }
}

function limitError(limit: keyof EsmLimits, value: number, unit: string): AirlockError {
  return esmError({ reason: "limit", message: `Fetch package: more than ${value} ${unit}` }, {
    stage: "fetch",
    suggestion: "Take the package from npm, or import a smaller part of it",
    details: { limit, value },
  });
}
