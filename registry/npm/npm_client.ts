import { artifactFailure } from "./artifact_failure.ts";
import { NetworkMeter } from "./network_meter.ts";
import type { NpmConfig } from "./npm_config.ts";
import type { NpmLimits } from "./npm_limits.ts";
import { type Packument, parsePackument } from "./packument.ts";
import { PackumentCache } from "./packument_cache.ts";
import { registryGet } from "./registry_get.ts";

/** How one request of an {@linkcode NpmClient} is made. */
export interface NpmRequestOptions {
  readonly signal: AbortSignal;
  readonly meter?: NetworkMeter;
}

/** What an {@linkcode NpmClient} is made of. */
export interface NpmClientOptions {
  readonly config: NpmConfig;
  readonly limits: NpmLimits;
  /** How long a packument is used again without asking the registry. */
  readonly packumentFreshMs: number;
}

const ABBREVIATED = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

/** Reads packuments and tarballs from the registries that npm's configuration names. */
export class NpmClient {
  readonly #config: NpmConfig;
  readonly #limits: NpmLimits;
  readonly #packuments: PackumentCache;

  constructor(options: NpmClientOptions) {
    this.#config = options.config;
    this.#limits = options.limits;
    this.#packuments = new PackumentCache(options.packumentFreshMs);
  }

  /**
   * The packument of `name`, or `undefined` where the registry has no such package. Abbreviated
   * unless `withTimes` is set: the full form is several times larger. `maxAgeMs` bounds the age of an
   * answer from memory, where it is less than usual.
   * @throws {AirlockError} `artifact_failed`, step `packument`.
   */
  async packument(
    name: string,
    options: NpmRequestOptions & { readonly withTimes: boolean; readonly maxAgeMs?: number },
  ): Promise<Packument | undefined> {
    const key = `${options.withTimes ? "full" : "abbreviated"} ${name}`;
    const known = this.#packuments.get(key, options.maxAgeMs);
    if (known?.fresh === true) return known.packument;
    const registry = this.#config.registryFor(name);
    const headers: Record<string, string> = {
      accept: options.withTimes ? "application/json" : ABBREVIATED,
    };
    if (known !== undefined) headers["if-none-match"] = known.etag;
    const answer = await registryGet({
      step: "packument",
      what: `packument of ${name}`,
      registry,
      url: new URL(name.replace("/", "%2f"), registry.url),
      headers,
      maxBytes: this.#limits.packumentBytes,
    }, this.#getOptions(options));
    if (answer.status === 404) return undefined;
    if (answer.status === 304 && known !== undefined) {
      this.#packuments.renew(key);
      return known.packument;
    }
    const packument = parsePackument(new TextDecoder().decode(answer.bytes), name);
    this.#packuments.set(key, { packument, etag: answer.etag, bytes: answer.bytes.byteLength });
    return packument;
  }

  /**
   * Downloads a tarball of `name`. `address` comes from a packument and is pinned to the registry
   * of the package: a tarball elsewhere is refused, as the hash beside it proves nothing then.
   * @throws {AirlockError} `artifact_failed`, step `tarball`.
   */
  async tarball(
    name: string,
    options: NpmRequestOptions & { readonly version: string; readonly address: string },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const what = `tarball of ${name}@${options.version}`;
    const registry = this.#config.registryFor(name);
    const url = URL.parse(options.address, registry.url);
    if (url === null || !sameRegistry(url, registry.url)) {
      throw artifactFailure("tarball", `fetch ${what}: it is on another host than the registry`, {
        suggestion: "Do not use this package: its tarball is not served by its registry.",
        details: { host: url?.host ?? null },
      });
    }
    // Registries behind a TLS proxy often write http: into their own packuments.
    url.protocol = registry.url.protocol;
    url.username = "";
    url.password = "";
    const answer = await registryGet({
      step: "tarball",
      what,
      registry,
      url,
      headers: { accept: "*/*", "accept-encoding": "identity" },
      maxBytes: this.#limits.tarballBytes,
    }, this.#getOptions(options));
    if (answer.status !== 200) {
      throw artifactFailure("tarball", `fetch ${what}: the registry does not have it`, {
        suggestion: "Ask for another version; this one is listed but was removed.",
      });
    }
    return answer.bytes;
  }

  #getOptions({ signal, meter }: NpmRequestOptions) {
    return { limits: this.#limits, signal, meter: meter ?? new NetworkMeter() };
  }
}

function sameRegistry(url: URL, registry: URL): boolean {
  return (url.protocol === "http:" || url.protocol === "https:") &&
    url.hostname === registry.hostname && url.port === registry.port;
}
