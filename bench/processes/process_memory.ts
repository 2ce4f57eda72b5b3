/** A process with those below it. */
export interface ProcessNode {
  readonly pid: number;
  readonly children: readonly ProcessNode[];
}

/** What runs below a process now. */
export function processTree(pid: number): ProcessNode {
  const children: number[] = [];
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      const text = Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`);
      children.push(...text.split(" ").filter(Boolean).map(Number));
    }
  } catch {
    // The process, or one of its threads, has ended in between.
  }
  return { pid, children: children.map(processTree) };
}

/**
 * Proportional set size: private pages, and a share of those that several processes map. So the sum
 * over processes is what they take together.
 */
export function pssBytes(pid: number): number {
  return kibibytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m);
}

/** Resident set size: every page in memory, shared or not. */
export function rssBytes(pid: number): number {
  return kibibytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m);
}

/** {@linkcode pssBytes} of a process and of all below it. */
export function treePssBytes(node: ProcessNode): number {
  return node.children.reduce((sum, child) => sum + treePssBytes(child), pssBytes(node.pid));
}

function kibibytes(file: string, line: RegExp): number {
  try {
    return Number(line.exec(Deno.readTextFileSync(file))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // The process has ended in between.
  }
}
