import semver from "semver";

/**
 * Whether tools are to be taken from `candidate` rather than from `current`. A pre-release never
 * takes the place of a release; equal versions are read again; what is no version takes any place.
 */
export function isNewerVersion(candidate: string, current: string | null): boolean {
  if (current === null) return true;
  const [next, last] = [semver.parse(candidate), semver.parse(current)];
  if (next === null || last === null) return true;
  if (next.prerelease.length > 0 && last.prerelease.length === 0) return false;
  return semver.compare(next, last) >= 0;
}
