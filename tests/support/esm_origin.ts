import { stop as stopEsbuild } from "esbuild";
import { buildEsmModule, buildPath, type EsmBuild } from "./esm_origin_build.ts";
import { entryOf, EsmOriginPackages, type InstalledPackage } from "./esm_origin_packages.ts";
import { findBySuffix, RAW_TYPES, rawFile } from "./esm_origin_raw.ts";
import {
  errorModule,
  IMMUTABLE,
  javascript,
  MUTABLE,
  polyfill,
  redirect,
  text,
} from "./esm_origin_responses.ts";

/** What a test origin serves. */
export interface EsmOriginOptions {
  /** Real packages to install: name → version or range. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Packages written by the test: name → file path → content; `package.json` among them. */
  readonly local?: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;
  /** Answers in place of the origin where it returns a response. */
  readonly intercept?: (
    request: Request,
    url: URL,
  ) => Response | undefined | Promise<Response | undefined>;
}

/** A running origin; disposing stops it and removes its files. */
export interface EsmOrigin extends AsyncDisposable {
  readonly origin: URL;
  /** Path and query of each request, in order. */
  readonly requests: readonly string[];
}

const TARGETS = new Set([
  ...["es2015", "es2016", "es2017", "es2018", "es2019", "es2020", "es2021", "es2022", "es2023"],
  ...["es2024", "esnext", "deno", "denonext", "node"],
]);

/**
 * Starts a loopback server that speaks esm.sh's URL scheme for real npm packages: redirects to exact
 * versions, entry modules, builds under a target segment, raw files, Node polyfill paths, headers.
 */
export async function startEsmOrigin(options: EsmOriginOptions): Promise<EsmOrigin> {
  const directory = await Deno.makeTempDir({ prefix: "esm-origin-" });
  const packages = await preparePackages(options, directory).catch(async (error) => {
    await Deno.remove(directory, { recursive: true });
    throw error;
  });
  const requests: string[] = [];
  const routes = new EsmRoutes(packages);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (
    request,
  ) => {
    const url = new URL(request.url);
    requests.push(url.pathname + url.search);
    const own = await options.intercept?.(request, url);
    return own ?? await routes.answer(request, url);
  });
  return {
    origin: new URL(`http://127.0.0.1:${server.addr.port}/`),
    requests,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await stopEsbuild();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function preparePackages(
  options: EsmOriginOptions,
  directory: string,
): Promise<EsmOriginPackages> {
  const packages = await EsmOriginPackages.install(options.packages ?? {}, directory);
  for (const [name, files] of Object.entries(options.local ?? {})) {
    const root = `${directory}/local/${name}`;
    for (const [path, content] of Object.entries(files)) {
      const file = `${root}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(file, content);
      else await Deno.writeFile(file, content);
    }
    await packages.add(name, root);
  }
  return packages;
}

interface RouteRequest {
  readonly url: URL;
  readonly externalAll: boolean;
  readonly installed: InstalledPackage;
  readonly exact: boolean;
  /** Target named by a path segment; such a path is a finished build. */
  readonly pathTarget: string | undefined;
  readonly target: string;
  readonly subpath: string;
}

class EsmRoutes {
  readonly #packages: EsmOriginPackages;
  readonly #builds = new Map<string, Promise<EsmBuild>>();

  constructor(packages: EsmOriginPackages) {
    this.#packages = packages;
  }

  async answer(request: Request, url: URL): Promise<Response> {
    const pathname = decodeURIComponent(url.pathname).replace(/(?<=.)\/$/, "");
    if (pathname.includes("/.")) return text("not found", 404, IMMUTABLE);
    if (pathname === "/error.js") return errorModule(url);
    const builtin = /^\/node\/([\w/]+)\.mjs$/.exec(pathname);
    if (builtin !== null) return javascript(polyfill(builtin[1]!), "public, max-age=86400");
    const parts = /^\/(\*?)((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(?:\/(.+))?$/.exec(pathname);
    if (parts === null) return text("invalid path", 400, IMMUTABLE);
    const [, marker, name, version = "latest", rest = ""] = parts;
    const installed = this.#packages.find(name!, version.split("&", 1)[0]!);
    if (installed === undefined) return text(`npm: package '${name}' not found`, 404, MUTABLE);
    const [first, ...others] = rest.split("/");
    const pathTarget = TARGETS.has(first!) && others.length > 0 ? first : undefined;
    const fromQuery = url.searchParams.get("target") ?? "";
    return await this.#route({
      url,
      externalAll: marker === "*",
      installed,
      exact: version === installed.version,
      pathTarget,
      target: pathTarget ??
        (TARGETS.has(fromQuery) ? fromQuery : targetOf(request.headers.get("user-agent") ?? "")),
      subpath: pathTarget === undefined ? rest : others.join("/"),
    });
  }

  async #route(route: RouteRequest): Promise<Response> {
    const { installed, exact, pathTarget, subpath, url } = route;
    const extension = /\.([a-z]+)$/.exec(subpath)?.[1] ?? "";
    const raw = url.searchParams.has("raw") || (Object.hasOwn(RAW_TYPES, extension) &&
      !(pathTarget !== undefined && extension === "map"));
    if (!exact && (raw || pathTarget !== undefined || /^deno/.test(route.target))) {
      return redirect(`${url.origin}${packageId(route)}${tail(route)}${url.search}`, false);
    }
    if (raw && pathTarget !== undefined) {
      const file = await findBySuffix(installed.directory, subpath);
      return file === undefined
        ? text("File not found", 404, IMMUTABLE)
        : redirect(`${url.origin}/${installed.name}@${installed.version}/${file}`, true);
    }
    if (raw) return await rawFile(installed, { subpath, url, extension });
    if (pathTarget !== undefined) return await this.#built(route);
    return await this.#entry(route);
  }

  async #entry(route: RouteRequest): Promise<Response> {
    const { installed, subpath, target, url, externalAll } = route;
    const built = await this.#build(route, subpath);
    if (built === undefined) return text("could not resolve build entry", 404, MUTABLE);
    const path = buildPath(installed, { subpath, target, externalAll });
    const lines = [
      `/* esm.sh - ${installed.name}@${installed.version} */`,
      ...built.imports.map((dependency) => `import "${dependency}";`),
      `export * from "${path}";`,
      ...(built.hasDefaultExport ? [`export { default } from "${path}";`] : []),
    ];
    const response = javascript(`${lines.join("\n")}\n`, route.exact ? IMMUTABLE : MUTABLE);
    response.headers.set("x-esm-path", path);
    const types = installed.packageJson.types ?? installed.packageJson.typings;
    if (typeof types === "string" && subpath === "" && !url.searchParams.has("no-dts")) {
      const relative = types.replace(/^\.\//, "");
      response.headers.set(
        "x-typescript-types",
        `${url.origin}/${installed.name}@${installed.version}/${relative}`,
      );
    }
    if (!url.searchParams.has("target")) response.headers.set("vary", "User-Agent");
    return response;
  }

  async #built(route: RouteRequest): Promise<Response> {
    const base = route.installed.name.split("/").at(-1)!.replace(/\.js$/, "");
    const bare = route.subpath.replace(/\.mjs$/, "");
    const subpath = bare === base ? "" : bare === `__${base}` ? base : bare;
    const built = await this.#build(route, subpath);
    return built === undefined
      ? text("could not resolve build entry", 404, MUTABLE)
      : javascript(built.code, IMMUTABLE);
  }

  async #build(route: RouteRequest, subpath: string): Promise<EsmBuild | undefined> {
    const { installed, target, externalAll } = route;
    const entry = await entryOf(installed, subpath);
    if (entry === undefined) return undefined;
    const key = `${installed.directory} ${entry} ${target} ${externalAll}`;
    const known = this.#builds.get(key);
    if (known !== undefined) return await known;
    const packages = this.#packages;
    const built = buildEsmModule({ packages, installed, entry, target, externalAll });
    this.#builds.set(key, built);
    return await built;
  }
}

function packageId({ installed, externalAll }: RouteRequest): string {
  return `/${externalAll ? "*" : ""}${installed.name}@${installed.version}`;
}

function tail({ pathTarget, subpath }: RouteRequest): string {
  return [pathTarget, subpath].filter((part) => part).map((part) => `/${part}`).join("");
}

function targetOf(userAgent: string): string {
  if (userAgent.startsWith("Deno/")) return "denonext";
  return /^(?:Node\.js|Node|Bun)\//.test(userAgent) || userAgent === "undici" ? "node" : "es2022";
}
