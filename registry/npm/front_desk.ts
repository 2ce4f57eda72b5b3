import type { ArtifactLock } from "../../spec/artifact.ts";
import type { JsonObject } from "../../spec/json.ts";
import { artifactFailure } from "./artifact_failure.ts";
import { frontPackument } from "./front_packument.ts";
import { inspectTarball } from "./inspect_tarball.ts";
import { hasIntegrity, type Integrity, parseIntegrity } from "./integrity.ts";
import { lockFailure } from "./lock_failure.ts";
import type { NetworkMeter } from "./network_meter.ts";
import type { NpmClient } from "./npm_client.ts";
import type { NpmLimits } from "./npm_limits.ts";
import { OptionalStubs } from "./optional_stubs.ts";
import type { Packument, PackumentVersion } from "./packument.ts";
import { Semaphore } from "./semaphore.ts";
import type { TarballCache } from "./tarball_cache.ts";
import { TreeBudget } from "./tree_budget.ts";

/** What a {@linkcode FrontDesk} works with. */
export interface FrontDeskOptions {
  readonly client: NpmClient;
  readonly limits: NpmLimits;
  readonly cache: TarballCache;
  readonly meter: NetworkMeter;
  readonly signal: AbortSignal;
  /** Versions younger than this are not offered. */
  readonly minAgeMs: number;
  /** Where present, nothing outside it is offered. */
  readonly lock?: ArtifactLock;
  /** Where tarballs are to be asked for; ends with a slash. */
  readonly baseUrl: string;
}

const PARALLEL_PACKUMENTS = 16;
/** Each may hold one compressed tarball in memory. */
const PARALLEL_TARBALLS = 6;

/** Decides what an installer may have, and checks it. Made for one installation. */
export class FrontDesk {
  readonly #options: FrontDeskOptions;
  readonly #budget: TreeBudget;
  readonly #stubs = new OptionalStubs();
  readonly #served = new Map<string, Packument>();
  readonly #packumentRoom = new Semaphore(PARALLEL_PACKUMENTS);
  readonly #tarballRoom = new Semaphore(PARALLEL_TARBALLS);

  constructor(options: FrontDeskOptions) {
    this.#options = options;
    this.#budget = new TreeBudget(options.limits);
  }

  /** The reduced packument of `name`. @throws {AirlockError} `artifact_failed` */
  async packument(name: string): Promise<JsonObject | undefined> {
    this.#budget.addPackument();
    using _room = await this.#packumentRoom.acquire();
    const { client, signal, meter, minAgeMs } = this.#options;
    const found = await client.packument(name, { signal, meter, withTimes: minAgeMs > 0 });
    this.#budget.checkDownloaded(meter.downloadedBytes);
    if (found === undefined && !this.#stubs.isOptional(name)) throw missing(name);
    const packument = found ?? {
      name,
      distTags: new Map(),
      versions: new Map(),
      publishedMs: new Map(),
    };
    this.#checkAgainstLock(packument);
    this.#served.set(name, packument);
    this.#stubs.note(packument);
    const offered = [...packument.versions.keys()].filter((version) =>
      this.#offers(packument, version)
    );
    return frontPackument(packument, {
      offers: (version) => this.#offers(packument, version),
      tarballUrl: (version) =>
        `${this.#options.baseUrl}-/${encodeURIComponent(name)}/${encodeURIComponent(version)}.tgz`,
      additions: this.#stubs.manifestsFor(name, offered),
    });
  }

  /** A verified, inspected tarball. @throws {AirlockError} `artifact_failed` */
  async tarball(name: string, version: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const label = `${name}@${version}`;
    const published = this.#served.get(name)?.versions.get(version);
    if (published === undefined) return undefined;
    const integrity = parseIntegrity(published.integrity);
    if (integrity === undefined) throw unverifiable(label);
    this.#budget.addPackage(label);
    using _room = await this.#tarballRoom.acquire();
    const { cache, limits, meter, signal } = this.#options;
    const bytes = await cache.get(integrity) ??
      await this.#download(published, { name, version, integrity });
    this.#budget.checkDownloaded(meter.downloadedBytes);
    this.#budget.addTarball(
      await inspectTarball(bytes, {
        label,
        signal,
        limits: {
          maxBytes: limits.packageBytes,
          maxFiles: limits.packageFiles,
          maxPathBytes: limits.pathBytes,
        },
      }),
    );
    await cache.put(integrity, bytes);
    return bytes;
  }

  /** The integrity that the registry states for a package that was offered. */
  integrityOf(name: string, version: string): string | undefined {
    return parseIntegrity(this.#served.get(name)?.versions.get(version)?.integrity)?.text;
  }

  /** Whether `name@version` only stands in for an optional package that does not exist. */
  isStub(nameAtVersion: string): boolean {
    return this.#stubs.isStub(nameAtVersion);
  }

  async #download(
    { tarball: address }: PackumentVersion,
    { name, version, integrity }: { name: string; version: string; integrity: Integrity },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { client, signal, meter } = this.#options;
    const bytes = await client.tarball(name, { version, address, signal, meter });
    if (!hasIntegrity(bytes, integrity)) throw altered(`${name}@${version}`, integrity);
    return bytes;
  }

  #offers(packument: Packument, version: string): boolean {
    const { lock, minAgeMs } = this.#options;
    if (lock !== undefined) return Object.hasOwn(lock.packages, `${packument.name}@${version}`);
    if (minAgeMs === 0) return true;
    const publishedMs = packument.publishedMs.get(version);
    return publishedMs !== undefined && Date.now() - publishedMs >= minAgeMs;
  }

  #checkAgainstLock(packument: Packument): void {
    const locked = this.#options.lock?.packages;
    if (locked === undefined) return;
    for (const [version, { integrity }] of packument.versions) {
      const label = `${packument.name}@${version}`;
      const expected = Object.hasOwn(locked, label) ? locked[label] : undefined;
      if (expected === undefined) continue;
      if (parseIntegrity(integrity)?.text !== expected) {
        throw lockFailure({ changed: [label] });
      }
    }
  }
}

function missing(name: string): Error {
  return artifactFailure("packument", `install dependencies: ${name} is not in its registry`, {
    suggestion: "Check the package's dependencies, and the registry configured for their scope.",
    details: { package: name },
  });
}

function unverifiable(label: string): Error {
  return artifactFailure("integrity", `verify ${label}: no sha256 or stronger integrity`, {
    suggestion: "Use a version whose registry states one; sha1 alone is not accepted.",
    details: { package: label },
  });
}

function altered(label: string, integrity: Integrity): Error {
  return artifactFailure("integrity", `verify ${label}: the tarball is not the published one`, {
    suggestion: "Do not use it; tell the registry's operator.",
    details: { package: label, expected: integrity.text },
  });
}
