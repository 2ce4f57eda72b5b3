/** A process, told apart from a later one with the same number by when it began. */
export interface TreeProcess {
  readonly pid: number;
  readonly parent: number;
  readonly startTicks: string;
  readonly command: string;
}

/** Every process that has not ended, from `/proc`. */
function allProcesses(): TreeProcess[] {
  const found: TreeProcess[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie has ended: it only waits for its parent to look.
      if (fields[0] === "Z" || fields[0] === "X") continue;
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim();
      found.push({
        pid: Number(name),
        parent: Number(fields[1]),
        startTicks: fields[19]!,
        command,
      });
    } catch {
      // Ended since it was listed.
    }
  }
  return found;
}

/** All descendants of `pid`, nearest first; by parent numbers, so threads that spawn count too. */
export function descendantsOf(pid: number): TreeProcess[] {
  const all = allProcesses();
  const tree: TreeProcess[] = [];
  let level = new Set([pid]);
  while (level.size > 0) {
    const children = all.filter(({ parent }) => level.has(parent));
    tree.push(...children);
    level = new Set(children.map((child) => child.pid));
  }
  return tree;
}

/** Those of `processes` that still run once `graceMs` have passed; returns early when none does. */
export async function survivors(
  processes: readonly TreeProcess[],
  graceMs: number,
): Promise<TreeProcess[]> {
  const end = performance.now() + graceMs;
  for (;;) {
    const now = new Map(allProcesses().map((process) => [process.pid, process.startTicks]));
    const alive = processes.filter(({ pid, startTicks }) => now.get(pid) === startTicks);
    if (alive.length === 0 || performance.now() >= end) return alive;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Processes with `marker` in their command line, other than this one. */
export function processesNaming(marker: string): TreeProcess[] {
  return allProcesses().filter(({ pid, command }) => pid !== Deno.pid && command.includes(marker));
}
