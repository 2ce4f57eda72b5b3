// @ts-types="@types/semver"
import { maxSatisfying, minVersion } from "semver";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import { isPackageName } from "./package_name.ts";
import type { Packument } from "./packument.ts";

/** Enough for every platform package of a large tree; a hostile packument stops being heard here. */
const MAX_WISHES = 20_000;

/**
 * Stand-ins for optional dependencies that their registry does not have. npm leaves such a package
 * out; Deno stops the installation. A stand-in that is meant for no operating system makes Deno
 * leave it out as well.
 */
export class OptionalStubs {
  readonly #wishes = new Map<string, Set<string>>();
  readonly #stubs = new Set<string>();
  #count = 0;

  /** Remembers the optional dependencies of every version in a packument. */
  note(packument: Packument): void {
    for (const { manifest } of packument.versions.values()) {
      const optional = manifest["optionalDependencies"];
      if (!isJsonObject(optional)) continue;
      for (const [name, range] of Object.entries(optional)) {
        if (typeof range === "string") this.#wish(name, range);
      }
    }
  }

  /** Whether some packument wanted `name` only if it can be had. */
  isOptional(name: string): boolean {
    return this.#wishes.has(name);
  }

  /** Manifests to add to the offered `versions` of `name`. */
  manifestsFor(name: string, versions: readonly string[]): readonly JsonObject[] {
    const missing = new Set<string>();
    for (const range of this.#wishes.get(name) ?? []) {
      const version = lowest(range);
      if (version === undefined || missing.has(version)) continue;
      if (maxSatisfying([...versions], range) === null) missing.add(version);
    }
    return [...missing].map((version) => {
      this.#stubs.add(`${name}@${version}`);
      return { name, version, os: ["none"], cpu: ["none"] };
    });
  }

  /** Whether `name@version` is one of the stand-ins handed out. */
  isStub(nameAtVersion: string): boolean {
    return this.#stubs.has(nameAtVersion);
  }

  #wish(name: string, range: string): void {
    if (this.#count >= MAX_WISHES || !isPackageName(name)) return;
    const ranges = this.#wishes.get(name) ?? new Set();
    if (ranges.has(range)) return;
    this.#count++;
    this.#wishes.set(name, ranges.add(range));
  }
}

function lowest(range: string): string | undefined {
  try {
    return minVersion(range)?.version;
  } catch {
    // Not a range: a tag or an address, which a stand-in cannot satisfy.
    return undefined;
  }
}
