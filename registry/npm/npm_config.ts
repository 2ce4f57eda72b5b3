import { isPackageName } from "./package_name.ts";

/** A registry, and what it must be told to let us in. */
export interface RegistryTarget {
  /** Base URL; ends with a slash. */
  readonly url: URL;
  /** Value of the `authorization` header: for requests below `url` only. Secret. */
  readonly authorization?: string;
}

/** Which registry serves which package. */
export interface NpmConfig {
  /** `packageName` must be valid; a scope without a registry of its own uses the default. */
  registryFor(packageName: string): RegistryTarget;
}

/** Where npm's configuration is read from. Nothing else of the process is looked at. */
export interface NpmConfigOptions {
  /** Default registry, before anything npm's own configuration says. */
  readonly registry?: string;
  /** Environment that `npm_config_*` and `${NAME}` are read from. */
  readonly env: Readonly<Record<string, string>>;
  /** Directory of the user's `.npmrc`. */
  readonly home: string;
  /** Directory of the project's `.npmrc`. */
  readonly cwd: string;
}

interface Credentials {
  readonly token?: unknown;
  readonly auth?: unknown;
}

/** The part of npm's own configuration reader that is used; it ships no types. */
interface ConfigReader {
  load(): Promise<unknown>;
  get(key: string): unknown;
  getCredentialsByURI(uri: string): Credentials;
}

interface ConfigModule {
  readonly default: new (options: Readonly<Record<string, unknown>>) => ConfigReader;
}

interface DefinitionsModule {
  readonly definitions: unknown;
  readonly shorthands: unknown;
  readonly flatten: unknown;
}

/**
 * Reads project, user and global `npmrc` files and `npm_config_*` as npm does, with npm's own code.
 * Costs about 40 ms the first time.
 * @throws {TypeError} when a configured registry is not an `http:` or `https:` URL.
 */
export async function loadNpmConfig(options: NpmConfigOptions): Promise<NpmConfig> {
  const reader = await readConfig(options);
  const fallback = registryUrl(options.registry ?? reader.get("registry"));
  const targets = new Map<string, RegistryTarget>();
  const target = (url: URL): RegistryTarget => {
    const known = targets.get(url.href);
    if (known !== undefined) return known;
    const made = targetOf(reader, url);
    targets.set(url.href, made);
    return made;
  };
  return {
    registryFor(packageName) {
      if (!isPackageName(packageName)) throw new TypeError("find registry: not a package name");
      const scope = packageName.startsWith("@") ? packageName.split("/")[0] : undefined;
      const scoped = scope === undefined ? undefined : reader.get(`${scope}:registry`);
      return target(typeof scoped === "string" ? registryUrl(scoped) : fallback);
    },
  };
}

async function readConfig(options: NpmConfigOptions): Promise<ConfigReader> {
  const config: ConfigModule = await import("@npmcli/config");
  const npm: DefinitionsModule = await import("@npmcli/config/lib/definitions/index.js");
  const reader = new config.default({
    definitions: npm.definitions,
    shorthands: npm.shorthands,
    flatten: npm.flatten,
    // npm's installation, whose built-in npmrc we have no reason to know.
    npmPath: options.home,
    argv: [],
    env: { ...options.env, HOME: options.home },
    cwd: options.cwd,
    execPath: Deno.execPath(),
    platform: Deno.build.os === "windows" ? "win32" : Deno.build.os,
    excludeNpmCwd: true,
    warn: false,
  });
  await reader.load();
  return reader;
}

function registryUrl(value: unknown): URL {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new TypeError("read npm configuration: a registry is not an http or https URL");
  }
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** `fetch` takes no credentials inside a URL, so they move to the header. */
function targetOf(reader: ConfigReader, configured: URL): RegistryTarget {
  const url = new URL(configured.href);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const authorization = username === "" && password === ""
    ? authorizationFor(reader, url)
    : `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  return authorization === undefined ? { url } : { url, authorization };
}

/** Credentials written for the registry's path or any path above it, nearest first, as npm does. */
function authorizationFor(reader: ConfigReader, registry: URL): string | undefined {
  const url = new URL(registry.href);
  while (true) {
    const { token, auth } = reader.getCredentialsByURI(url.href);
    if (typeof token === "string") return `Bearer ${token}`;
    if (typeof auth === "string") return `Basic ${auth}`;
    if (url.pathname === "/") return undefined;
    url.pathname = url.pathname.replace(/[^/]*\/$/, "");
  }
}
