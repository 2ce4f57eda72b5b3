import type { ArtifactLock } from "../../spec/artifact.ts";
import type { LockDiff } from "../../spec/pin.ts";

/** Names told of each kind; trees may hold thousands. */
const MAX_NAMES = 500;

/** What is different between two trees of packages and modules. */
export function diffLock(before: ArtifactLock, after: ArtifactLock): LockDiff {
  const [old, now] = [before, after].map(({ packages, modules }) => ({ ...packages, ...modules }));
  const added = Object.keys(now!).filter((label) => !Object.hasOwn(old!, label)).sort();
  const removed = Object.keys(old!).filter((label) => !Object.hasOwn(now!, label)).sort();
  const changed = Object.keys(now!)
    .filter((label) => Object.hasOwn(old!, label) && old![label] !== now![label]).sort();
  return pairMoves({ added, removed, changed });
}

/** A package of which one version went and one came has moved. */
function pairMoves({ added, removed, changed }: Omit<LockDiff, "moved">): LockDiff {
  const came = byName(added);
  const went = byName(removed);
  const pairs = [...came].flatMap(([name, versions]) => {
    const [to, ...others] = versions;
    const [from, ...more] = went.get(name) ?? [];
    return to === undefined || from === undefined || others.length + more.length > 0
      ? []
      : [{ name, from, to }];
  });
  const labels = new Set(
    pairs.flatMap(({ name, from, to }) => [`${name}@${from}`, `${name}@${to}`]),
  );
  return {
    added: added.filter((label) => !labels.has(label)).slice(0, MAX_NAMES),
    removed: removed.filter((label) => !labels.has(label)).slice(0, MAX_NAMES),
    changed: changed.slice(0, MAX_NAMES),
    moved: pairs.map(({ name, from, to }) => `${name} ${from} → ${to}`).slice(0, MAX_NAMES),
  };
}

function byName(labels: readonly string[]): Map<string, string[]> {
  const versions = new Map<string, string[]>();
  for (const label of labels) {
    // Modules are paths, which have no version of their own.
    const at = label.startsWith("/") ? -1 : label.indexOf("@", 1);
    if (at === -1) continue;
    const name = label.slice(0, at);
    versions.set(name, [...versions.get(name) ?? [], label.slice(at + 1)]);
  }
  return versions;
}
