import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { packFiles } from "./tar.ts";

/** One version to publish. */
export interface FakePackage {
  readonly name: string;
  readonly version: string;
  /** Further fields of package.json, also copied into the packument. */
  readonly packageJson?: JsonObject;
  /** Paths inside the package → content; `package.json` is added where it is missing. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Served instead of a packed `files`. */
  readonly tarball?: Uint8Array<ArrayBuffer>;
  /** Replaces `dist` in the packument; the honest one is `tarball` and `integrity` (sha512). */
  readonly dist?: (honest: { tarball: string; integrity: string }) => JsonObject;
  /** Publication time; a year ago where absent. */
  readonly publishedAt?: Date;
  /** Tag that points here afterwards; `latest` where absent. */
  readonly tag?: string;
}

/** A request that arrived. */
export interface FakeRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly authorization: string | null;
  readonly accept: string | null;
}

/** Answers in place of the registry; `undefined` lets it answer itself. */
export type FakeIntercept = (request: Request) => Response | Promise<Response> | undefined;

interface Published {
  readonly manifest: JsonObject;
  readonly tarball: Uint8Array<ArrayBuffer>;
  readonly publishedAt: Date;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;
const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** An npm registry on loopback, for tests: packuments in both forms, tarballs, tokens per scope. */
export class FakeNpmRegistry implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #packages = new Map<string, Map<string, Published>>();
  readonly #tags = new Map<string, Map<string, string>>();
  /** Every request, in order. */
  readonly requests: FakeRequest[] = [];
  /** `*` or `@scope` → the bearer token that packages there need. */
  readonly tokens = new Map<string, string>();
  /** Asked before the registry itself answers. */
  intercept: FakeIntercept = () => undefined;

  private constructor(pathPrefix: string) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#respond(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}${pathPrefix}`;
  }

  /** Base URL; ends with a slash. */
  readonly url: string;

  /** Starts one. `pathPrefix` begins and ends with a slash, as some registries live below a path. */
  static start({ pathPrefix = "/" }: { readonly pathPrefix?: string } = {}): FakeNpmRegistry {
    return new FakeNpmRegistry(pathPrefix);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  /** Publishes a version, replacing one that exists. @returns Its honest sha512 integrity. */
  async publish(made: FakePackage): Promise<string> {
    const packageJson: JsonObject = {
      name: made.name,
      version: made.version,
      ...made.packageJson,
    };
    const files = { "package.json": JSON.stringify(packageJson), ...made.files };
    const tarball = made.tarball ?? await packFiles(files);
    const integrity = sha512(tarball);
    const honest = { tarball: this.tarballUrl(made.name, made.version), integrity };
    const versions = this.#packages.get(made.name) ?? new Map<string, Published>();
    this.#packages.set(made.name, versions);
    versions.set(made.version, {
      manifest: {
        ...packageJson,
        // What npm marks for the installer's sake when a package has such scripts.
        ...(packageJson["scripts"] === undefined ? {} : { hasInstallScript: true }),
        dist: made.dist?.(honest) ?? honest,
      },
      tarball,
      publishedAt: made.publishedAt ?? new Date(Date.now() - YEAR_MS),
    });
    this.tag(made.name, { tag: made.tag ?? "latest", version: made.version });
    return integrity;
  }

  /** Points a dist-tag at a version. */
  tag(name: string, { tag, version }: { readonly tag: string; readonly version: string }): void {
    const tags = this.#tags.get(name) ?? new Map<string, string>();
    this.#tags.set(name, tags.set(tag, version));
  }

  /** Removes a version as `npm unpublish` does; its tags stay behind. */
  unpublish(name: string, version: string): void {
    this.#packages.get(name)?.delete(version);
  }

  /** Where the tarball of a version is. */
  tarballUrl(name: string, version: string): string {
    return `${this.url}${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
  }

  async #respond(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const authorization = request.headers.get("authorization");
    const accept = request.headers.get("accept");
    this.requests.push({
      method: request.method,
      path: url.pathname + url.search,
      authorization,
      accept,
    });
    const intercepted = await this.intercept(request);
    if (intercepted !== undefined) return intercepted;
    const path = decodeURIComponent(url.pathname).slice(new URL(this.url).pathname.length);
    const name = path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/");
    const token = this.tokens.get(name.split("/")[0] ?? "") ?? this.tokens.get("*");
    if (token !== undefined && authorization !== `Bearer ${token}`) return error(401);
    const versions = this.#packages.get(name);
    if (versions === undefined) return error(404);
    if (path === name) return this.#packument(name, { versions, request });
    const file = [...versions].find(([version]) =>
      `${this.url}${path}` === this.tarballUrl(name, version)
    );
    return file === undefined ? error(404) : new Response(file[1].tarball);
  }

  #packument(
    name: string,
    { versions, request }: { versions: ReadonlyMap<string, Published>; request: Request },
  ): Response {
    const entries = [...versions];
    const times: Record<string, JsonValue> = {};
    for (const [version, { publishedAt }] of entries) times[version] = publishedAt.toISOString();
    const packument = {
      name,
      "dist-tags": Object.fromEntries(this.#tags.get(name) ?? []),
      versions: Object.fromEntries(entries.map(([version, { manifest }]) => [version, manifest])),
    };
    const abbreviated = request.headers.get("accept")?.includes(ABBREVIATED) === true;
    const body = JSON.stringify(abbreviated ? packument : { ...packument, time: times });
    const etag = `"${sha512(new TextEncoder().encode(body))}"`;
    const headers = { "content-type": abbreviated ? ABBREVIATED : "application/json", etag };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304 });
    return new Response(body, { headers });
  }
}

/** A subresource-integrity string. */
export function sha512(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

function error(status: number): Response {
  return Response.json({ error: `status ${status}` }, { status });
}
