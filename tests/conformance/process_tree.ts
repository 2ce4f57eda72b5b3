/** One process as the kernel lists it. */
interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

/** Ids of the live processes whose command line names `marker`, and of all their descendants. */
export async function processesNaming(marker: string): Promise<number[]> {
  const entries: Entry[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    const entry = /^\d+$/.test(name) ? await readEntry(Number(name)) : null;
    if (entry !== null) entries.push(entry);
  }
  const found = new Set(
    entries.filter(({ commandLine }) => commandLine.includes(marker)).map(({ pid }) => pid),
  );
  // Lists are short: passes until nothing is added are cheaper to read than a sorted walk.
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of entries) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Whether a process exists and has not been buried. */
export async function isAlive(pid: number): Promise<boolean> {
  return await readEntry(pid) !== null;
}

async function readEntry(pid: number): Promise<Entry | null> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const commandLine = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    // The second field is the command in parentheses and may itself hold spaces.
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return { pid, parent, commandLine };
  } catch {
    return null; // It ended while the list was read.
  }
}
