// @ts-types="@types/semver"
import { rsort } from "semver";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { parseIntegrity } from "./integrity.ts";
import type { Packument, PackumentVersion } from "./packument.ts";

/** What {@linkcode frontPackument} needs beside the packument. */
export interface FrontPackumentOptions {
  /** Versions for which this is false are left out. */
  readonly offers: (version: string) => boolean;
  /** Where the installer is to ask for a tarball. */
  readonly tarballUrl: (version: string) => string;
  /** Manifests added as they are, except for their tarball address. */
  readonly additions: readonly JsonObject[];
}

/** The packument that the installer sees: only offered versions, tarballs only from us, no scripts. */
export function frontPackument(packument: Packument, options: FrontPackumentOptions): JsonObject {
  const versions: Record<string, JsonValue> = {};
  for (const [version, published] of packument.versions) {
    if (options.offers(version)) {
      versions[version] = described(published, options.tarballUrl(version));
    }
  }
  for (const manifest of options.additions) {
    const version = String(manifest["version"]);
    versions[version] ??= { ...manifest, dist: { tarball: options.tarballUrl(version) } };
  }
  return { name: packument.name, "dist-tags": tagsOf(packument, versions), versions };
}

function described({ manifest, integrity }: PackumentVersion, tarball: string): JsonObject {
  const checked = parseIntegrity(integrity);
  return {
    ...manifest,
    dist: checked === undefined ? { tarball } : { tarball, integrity: checked.text },
  };
}

function tagsOf(packument: Packument, versions: JsonObject): JsonObject {
  const tags: Record<string, JsonValue> = {};
  for (const [tag, version] of packument.distTags) {
    if (Object.hasOwn(versions, version)) tags[tag] = version;
  }
  const newest = rsort(Object.keys(versions))[0];
  if (newest !== undefined) tags["latest"] ??= newest;
  return tags;
}
