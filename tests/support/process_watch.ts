import { childPids } from "../../sandboxes/process/proc_stat.ts";

/** A process, told apart from a later one with the same number by when it began. */
export interface SeenProcess {
  readonly pid: number;
  readonly startTicks: string;
}

/**
 * Processes that have `marker` in their command line, and all their descendants: inside a bubblewrap
 * a sandbox's own command line tells nothing.
 */
export function processesWith(marker: string): SeenProcess[] {
  const found = new Map<number, SeenProcess>();
  const take = (pid: number) => {
    const seen = seenProcess(pid);
    if (seen === null || found.has(pid)) return;
    found.set(pid, seen);
    for (const child of childPids(pid)) take(child);
  };
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    if (readProc(Number(name), "cmdline")?.includes(marker)) take(Number(name));
  }
  return [...found.values()];
}

/** Those of `processes` that still live a second later: a killed one may take a moment to be unburied. */
export async function unburied(processes: readonly SeenProcess[]): Promise<SeenProcess[]> {
  const alive = () =>
    processes.filter(({ pid, startTicks }) => seenProcess(pid)?.startTicks === startTicks);
  for (let look = 0; look < 40 && alive().length > 0; look++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return alive();
}

function seenProcess(pid: number): SeenProcess | null {
  const stat = readProc(pid, "stat");
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended: it only waits for its parent to look.
  if (fields[0] === "Z" || fields[0] === "X") return null;
  return { pid, startTicks: fields[19]! };
}

function readProc(pid: number, file: string): string | null {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return null; // Ended since it was listed.
  }
}
