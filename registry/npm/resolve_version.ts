// @ts-types="@types/semver"
import { coerce, compare, maxSatisfying, prerelease, satisfies, valid, validRange } from "semver";
import { AirlockError } from "../../spec/errors.ts";
import { artifactFailure } from "./artifact_failure.ts";
import type { Packument } from "./packument.ts";

/** How versions are chosen beside the wish itself. */
export interface ResolveVersionOptions {
  /** Versions published less than this long before `nowMs` do not exist; `0` for no minimum. */
  readonly minAgeMs: number;
  readonly nowMs: number;
}

const MAX_WISH_LENGTH = 128;
const NEAREST = 4;

/**
 * Turns an exact version, a range, a dist-tag or nothing into an exact version, as npm does: the
 * `latest` tag where it satisfies the wish, else the highest that does and is not deprecated.
 * @throws {AirlockError} `invalid_input` for a wish that is none of these; `artifact_failed`, step
 * `version`, when no version fits.
 */
export function resolveVersion(
  packument: Packument,
  wish: string | undefined,
  options: ResolveVersionOptions,
): string {
  const wanted = readVersionWish(wish);
  const oldEnough = (version: string) => isOldEnough(packument, version, options);
  const exact = valid(wanted, { loose: false });
  if (exact !== null && packument.versions.has(exact)) {
    if (!oldEnough(exact)) throw tooYoung(packument.name, exact, options);
    return exact;
  }
  const tagged = packument.distTags.get(wanted);
  if (tagged !== undefined && packument.versions.has(tagged)) {
    if (oldEnough(tagged)) return tagged;
    const older = highest(packument, { range: "*", accepts: oldEnough, below: tagged });
    if (older !== undefined) return older;
    throw tooYoung(packument.name, tagged, options);
  }
  const range = validRange(wanted);
  // A registry without the `latest` tag still has a newest version.
  const fitting = range ?? (wanted === "latest" ? "*" : null);
  const found = fitting === null
    ? undefined
    : highest(packument, { range: fitting, accepts: oldEnough });
  if (found !== undefined) return found;
  throw noVersion(packument, wanted);
}

/**
 * What is wished for, `latest` where nothing is.
 * @throws {AirlockError} `invalid_input` for paths, addresses and the like.
 */
export function readVersionWish(wish: string | undefined): string {
  const wanted = wish === undefined || wish.trim() === "" ? "latest" : wish.trim();
  if (wanted.length <= MAX_WISH_LENGTH && !/[/:\\%\p{Cc}]/u.test(wanted)) return wanted;
  throw new AirlockError("invalid_input", "read version: not a version, a range or a tag", {
    stage: "resolve",
    suggestion: "Send an exact version such as 1.2.3, a range such as ^1.2.0, or a tag.",
    details: { version: wanted.slice(0, 100) },
  });
}

function isOldEnough(
  packument: Packument,
  version: string,
  { minAgeMs, nowMs }: ResolveVersionOptions,
): boolean {
  if (minAgeMs === 0) return true;
  const publishedMs = packument.publishedMs.get(version);
  // No time, no proof of age.
  return publishedMs !== undefined && nowMs - publishedMs >= minAgeMs;
}

function highest(
  packument: Packument,
  { range, accepts, below }: {
    range: string;
    accepts: (version: string) => boolean;
    below?: string;
  },
): string | undefined {
  const candidates = [...packument.versions.keys()].filter((version) =>
    (below === undefined || compare(version, below) < 0) && satisfies(version, range) &&
    accepts(version)
  );
  const latest = packument.distTags.get("latest");
  if (latest !== undefined && candidates.includes(latest)) return latest;
  const kept = candidates.filter((version) => packument.versions.get(version)?.deprecated !== true);
  return maxSatisfying(kept, range) ?? maxSatisfying(candidates, range) ?? undefined;
}

function tooYoung(name: string, version: string, options: ResolveVersionOptions): AirlockError {
  const hours = Math.round(options.minAgeMs / 36_000) / 100;
  return artifactFailure("version", `resolve ${name}@${version}: published too recently`, {
    stage: "resolve",
    suggestion: `Ask for an older version; only those at least ${hours} hours old are used here.`,
    details: { version, minAgeMs: options.minAgeMs },
  });
}

function noVersion(packument: Packument, wanted: string): AirlockError {
  const nearest = nearestVersions(packument, wanted);
  return artifactFailure("version", `resolve ${packument.name}@${wanted}: no such version`, {
    stage: "resolve",
    suggestion: nearest.length === 0
      ? "Check the package name; the registry lists no usable version of it."
      : `Ask for one that exists, such as ${nearest.join(", ")}.`,
    details: { nearest, tags: [...packument.distTags.keys()].slice(0, 20) },
  });
}

/** A few existing versions around the wanted one, else the newest, highest first. */
function nearestVersions(packument: Packument, wanted: string): readonly string[] {
  const all = [...packument.versions.keys()].sort((a, b) => compare(b, a));
  const released = all.filter((version) => prerelease(version) === null);
  const sorted = released.length > 0 ? released : all;
  const middle = coerce(wanted);
  const at = middle === null ? 0 : sorted.findIndex((version) => compare(version, middle) < 0);
  const start = Math.max(0, (at === -1 ? sorted.length : at) - NEAREST / 2);
  return sorted.slice(Math.min(start, Math.max(0, sorted.length - NEAREST))).slice(0, NEAREST);
}
