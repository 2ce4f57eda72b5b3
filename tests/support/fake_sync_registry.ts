import type { JsonObject, JsonValue } from "../../spec/json.ts";

/** A version that a {@linkcode FakeSyncRegistry} has. */
export interface FakeRelease {
  readonly version?: string;
  readonly keywords?: readonly string[];
  /** Names of tools that its `tpmjs` field lists. */
  readonly tools?: readonly string[];
  readonly more?: JsonObject;
  readonly modifiedAt?: Date;
}

/** Answers in place of the registry; `undefined` lets it answer itself. */
export type SyncIntercept = (
  asked: { readonly path: string; readonly url: URL; readonly request: Request },
) => Response | undefined | Promise<Response | undefined>;

interface FakeEntry {
  readonly versions: Map<string, JsonObject>;
  readonly keywords: readonly string[];
  readonly latest: string;
  readonly modifiedAt: Date;
}

/**
 * What following npm's registry asks for, on loopback, for tests: packuments, versions, search by
 * keyword, a changes feed, counts of downloads and GitHub's stars.
 */
export class FakeSyncRegistry implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #packages = new Map<string, FakeEntry>();
  /** Rows of the feed as they are served; tests may put others in. */
  readonly changes: JsonObject[] = [];
  readonly downloads = new Map<string, number>();
  /** `owner/name` → stars. */
  readonly stars = new Map<string, number>();
  /** Path and query of every request, in order. */
  readonly requests: string[] = [];
  /** Most requests that were answered at the same time. */
  mostAtOnce = 0;
  #atOnce = 0;
  /** Without them, as many registries are. */
  hasSearch = true;
  hasVersions = true;
  /** Of every packument, which makes it as large as real ones are. */
  readme = "";
  /** Asked before the registry itself answers. */
  intercept: SyncIntercept = () => undefined;

  private constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#respond(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Base URL; ends with a slash. */
  readonly url: string;

  static start(): FakeSyncRegistry {
    return new FakeSyncRegistry();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  /** Publishes a version, which becomes the latest. */
  publish(name: string, release: FakeRelease = {}): void {
    const { version = "1.0.0", keywords = ["tpmjs"], tools = ["run"], more = {} } = release;
    const versions = this.#packages.get(name)?.versions ?? new Map<string, JsonObject>();
    versions.set(version, {
      ...{ name, version, description: `The package ${name}`, keywords },
      dist: { integrity: `sha512-${name}`, tarball: `${this.url}${name}.tgz` },
      tpmjs: { tools: tools.map((tool) => ({ name: tool, description: `Does ${tool}` })) },
      ...more,
    });
    const modifiedAt = release.modifiedAt ?? new Date();
    this.#packages.set(name, { versions, keywords, latest: version, modifiedAt });
    this.changed(name);
  }

  /** Takes a package away, as `npm unpublish` does, or one version of it. */
  unpublish(name: string, { latest }: { readonly latest?: string } = {}): void {
    const entry = this.#packages.get(name);
    if (entry !== undefined && latest !== undefined) {
      entry.versions.delete(entry.latest);
      this.#packages.set(name, { ...entry, latest, modifiedAt: new Date() });
    } else this.#packages.delete(name);
    this.changed(name);
  }

  /** Adds a row to the feed. */
  changed(name: string): void {
    this.changes.push({ seq: this.changes.length + 1, id: name, changes: [{ rev: "1-a" }] });
  }

  /** Requests whose path and query fit. */
  asked(pattern: RegExp): number {
    return this.requests.filter((path) => pattern.test(path)).length;
  }

  async #respond(request: Request): Promise<Response> {
    const url = new URL(request.url);
    this.requests.push(url.pathname + url.search);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    try {
      const path = decodeURIComponent(url.pathname).slice(1);
      return await this.intercept({ path, url, request }) ?? this.#answer(path, url, request);
    } finally {
      this.#atOnce--;
    }
  }

  #answer(path: string, { searchParams }: URL, request: Request): Response {
    if (path === "-/v1/search") return this.#search(searchParams);
    if (path === "_changes") return this.#changesPage(searchParams);
    if (path.startsWith("point/last-week/")) {
      return this.#counts(path.split("/").slice(2).join("/"));
    }
    if (path.startsWith("repos/")) {
      const stars = this.stars.get(path.slice("repos/".length));
      return stars === undefined ? missing() : Response.json({ stargazers_count: stars });
    }
    const isLatest = path.endsWith("/latest");
    const entry = this.#packages.get(isLatest ? path.slice(0, -"/latest".length) : path);
    if (entry === undefined) return missing();
    if (!isLatest) return this.#packument(path, entry, request);
    return this.hasVersions ? Response.json(entry.versions.get(entry.latest)) : missing();
  }

  #packument(name: string, entry: FakeEntry, request: Request): Response {
    const { versions, latest, modifiedAt } = entry;
    const modified = modifiedAt.toISOString();
    const etag = `"${latest} ${modified}"`;
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304 });
    return Response.json({
      name,
      "dist-tags": { latest },
      versions: Object.fromEntries(versions),
      readme: this.readme,
      time: { modified, [latest]: modified },
    }, { headers: { etag } });
  }

  #search(params: URLSearchParams): Response {
    if (!this.hasSearch) return missing();
    const keyword = params.get("text")?.replace("keywords:", "") ?? "";
    const [from, size] = [Number(params.get("from")), Number(params.get("size"))];
    const found = [...this.#packages].filter(([, { keywords }]) => keywords.includes(keyword));
    const objects = found.slice(from, from + size).map(([name, { latest, keywords }]) => ({
      package: { name, version: latest, keywords },
      score: { final: 1 },
    }));
    return Response.json({ objects, total: found.length });
  }

  #changesPage(params: URLSearchParams): Response {
    const since = params.get("since") === "now" ? Infinity : Number(params.get("since"));
    const results = this.changes
      .filter(({ seq }) => Number(seq) > since)
      .slice(0, Number(params.get("limit")));
    const last = results.at(-1)?.["seq"] ?? Math.min(since, this.changes.length);
    return Response.json({ results, last_seq: last, pending: 0 });
  }

  #counts(list: string): Response {
    const part = (name: string): JsonValue => {
      const downloads = this.downloads.get(name);
      return downloads === undefined ? null : { downloads, package: name };
    };
    const names = list.split(",");
    if (names.length > 1) {
      return Response.json(Object.fromEntries(names.map((name) => [name, part(name)])));
    }
    const only = part(names[0]!);
    return only === null ? missing() : Response.json(only);
  }
}

function missing(): Response {
  return Response.json({ error: "not found" }, { status: 404 });
}
