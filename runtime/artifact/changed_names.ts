import type { ArtifactLock } from "../../spec/artifact.ts";

/** Names of the packages and modules that two locks disagree about, sorted. */
export function changedNames(earlier: ArtifactLock, later: ArtifactLock): string[] {
  const changed = [
    ...differences(earlier.packages, later.packages),
    ...differences(earlier.modules, later.modules),
  ];
  return changed.sort();
}

type Integrities = Readonly<Record<string, string>>;

function differences(earlier: Integrities, later: Integrities): string[] {
  const names = new Set([...Object.keys(earlier), ...Object.keys(later)]);
  return [...names].filter((name) => earlier[name] !== later[name]);
}
