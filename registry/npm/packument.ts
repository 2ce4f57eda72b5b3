// @ts-types="@types/semver"
import { valid } from "semver";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { artifactFailure } from "./artifact_failure.ts";

/** One version as its registry describes it. */
export interface PackumentVersion {
  /** Only what dependency resolution needs: `scripts` and `bin` are left out on purpose. */
  readonly manifest: JsonObject;
  /** Where the registry says that the tarball is, unchecked. */
  readonly tarball: string;
  /** Subresource-integrity string, unchecked; may be absent. */
  readonly integrity: string | undefined;
  readonly deprecated: boolean;
}

/** What a registry says about a package: the parts that are used, checked for their types. */
export interface Packument {
  readonly name: string;
  readonly distTags: ReadonlyMap<string, string>;
  /** By exact version; those that are not valid SemVer or claim to be another are left out. */
  readonly versions: ReadonlyMap<string, PackumentVersion>;
  /** Exact version → publication time in ms since 1970; empty in the abbreviated form. */
  readonly publishedMs: ReadonlyMap<string, number>;
}

const MAX_VERSION_LENGTH = 128;
const KEPT_FIELDS = [
  "name",
  "version",
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "bundleDependencies",
  "bundledDependencies",
  "os",
  "cpu",
  "libc",
] as const;

/**
 * Reads a packument, full or abbreviated, that was asked for as `name`.
 * @throws {AirlockError} `artifact_failed` when it is not one, or is about another package.
 */
export function parsePackument(text: string, name: string): Packument {
  const value = parseJson(text);
  const versions = isJsonObject(value) ? value["versions"] : undefined;
  if (!isJsonObject(value) || !isJsonObject(versions)) {
    throw artifactFailure("packument", `read packument of ${name}: not a packument`, {
      suggestion: "Check that the configured registry speaks npm's protocol at its base URL.",
    });
  }
  if (value["name"] !== name) {
    throw artifactFailure("packument", `read packument of ${name}: it names another package`, {
      suggestion: "Do not use this registry for the package: it answers with something else.",
    });
  }
  return {
    name,
    distTags: strings(value["dist-tags"]),
    versions: new Map(
      Object.entries(versions).flatMap(([version, manifest]) =>
        isManifest(manifest, { name, version }) ? [[version, reduced(manifest)] as const] : []
      ),
    ),
    publishedMs: times(value["time"]),
  };
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is one more way of not being a packument; the caller says so.
    return undefined;
  }
}

function reduced(published: JsonObject): PackumentVersion {
  const manifest: Record<string, JsonValue> = {};
  for (const field of KEPT_FIELDS) {
    const value = published[field];
    if (value !== undefined) manifest[field] = value;
  }
  const dist = published["dist"];
  const { tarball, integrity } = isJsonObject(dist) ? dist : {};
  const note = published["deprecated"];
  return {
    manifest,
    tarball: typeof tarball === "string" ? tarball : "",
    integrity: typeof integrity === "string" ? integrity : undefined,
    deprecated: note === true || (typeof note === "string" && note !== ""),
  };
}

/** A version that says it is something else is not offered at all. */
function isManifest(
  manifest: JsonValue,
  expected: { name: string; version: string },
): manifest is JsonObject {
  const { name, version } = expected;
  return isJsonObject(manifest) && version.length <= MAX_VERSION_LENGTH &&
    valid(version) === version.replace(/\+.*$/, "") && manifest["version"] === version &&
    (manifest["name"] ?? name) === name;
}

function strings(value: JsonValue | undefined): Map<string, string> {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return new Map(
    entries.flatMap(([key, item]) => typeof item === "string" ? [[key, item] as const] : []),
  );
}

function times(value: JsonValue | undefined): Map<string, number> {
  return new Map(
    [...strings(value)].flatMap(([version, text]) => {
      const ms = Date.parse(text);
      return Number.isNaN(ms) ? [] : [[version, ms] as const];
    }),
  );
}
