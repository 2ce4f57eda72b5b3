import type { ModuleImport } from "./module_graph.ts";

/**
 * One shortest cycle for each group of files that import one another, as the imports that close it.
 * Groups are strongly connected components (Tarjan 1972).
 */
export function findCycles(imports: readonly ModuleImport[]): ModuleImport[][] {
  const out = Map.groupBy(imports, ({ from }) => from);
  return components(out)
    .map((group) => shortestCycle(group, out))
    .filter((cycle) => cycle.length > 0);
}

type Outgoing = ReadonlyMap<string, readonly ModuleImport[]>;

interface Visit {
  readonly index: number;
  low: number;
  onStack: boolean;
}

function components(out: Outgoing): Set<string>[] {
  const visits = new Map<string, Visit>();
  const stack: string[] = [];
  const found: Set<string>[] = [];
  // Import chains are a few dozen deep: recursion is safe.
  const visit = (path: string): Visit => {
    const mine: Visit = { index: visits.size, low: visits.size, onStack: true };
    visits.set(path, mine);
    stack.push(path);
    for (const { to } of out.get(path) ?? []) {
      const theirs = visits.get(to);
      if (theirs === undefined) mine.low = Math.min(mine.low, visit(to).low);
      else if (theirs.onStack) mine.low = Math.min(mine.low, theirs.index);
    }
    if (mine.low === mine.index) found.push(unwind(path));
    return mine;
  };
  const unwind = (path: string): Set<string> => {
    const group = new Set(stack.splice(stack.lastIndexOf(path)));
    for (const member of group) {
      const seen = visits.get(member);
      if (seen !== undefined) seen.onStack = false;
    }
    return group;
  };
  for (const path of out.keys()) if (!visits.has(path)) visit(path);
  return found;
}

/** Breadth first from each member, back to itself. */
function shortestCycle(group: ReadonlySet<string>, out: Outgoing): ModuleImport[] {
  let shortest: ModuleImport[] = [];
  for (const start of group) {
    const cycle = wayBack(start, { group, out });
    const isShorter = shortest.length === 0 || cycle.length < shortest.length;
    if (cycle.length > 0 && isShorter) shortest = cycle;
  }
  return shortest;
}

function wayBack(
  start: string,
  { group, out }: { readonly group: ReadonlySet<string>; readonly out: Outgoing },
): ModuleImport[] {
  const ways = new Map<string, ModuleImport[]>([[start, []]]);
  // A map is iterated in order of insertion, also of what is inserted meanwhile.
  for (const [path, way] of ways) {
    for (const one of out.get(path) ?? []) {
      if (one.to === start) return [...way, one];
      if (group.has(one.to) && !ways.has(one.to)) ways.set(one.to, [...way, one]);
    }
  }
  return [];
}
