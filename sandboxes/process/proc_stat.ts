import { statfsSync } from "node:fs";
import type { SandboxUsage } from "../../spec/sandbox.ts";

/** Kernel clock ticks per second; fixed at 100 for user space on Linux. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Process ids of the direct children of `pid`; empty where the kernel does not tell. */
export function childPids(pid: number): number[] {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
    return text.split(" ").filter((part) => part !== "").map(Number);
  } catch {
    return []; // The process is gone, or this is not Linux.
  }
}

/** The process at the end of a chain of only children: what a wrapper finally runs. */
export function innermostPid(pid: number): number {
  let current = pid;
  for (let depth = 0; depth < MAX_WRAPPERS; depth++) {
    const children = childPids(current);
    if (children.length !== 1) return current;
    current = children[0]!;
  }
  return current;
}

const MAX_WRAPPERS = 4;

/** What a process uses; `null` once it is gone, or where there is no `/proc`. */
export function processUsage(pid: number): SandboxUsage | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The second field is the command in parentheses and may itself hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { rssBytes: Number(fields[21]) * PAGE_BYTES, cpuMs: ticks * 1000 / TICKS_PER_SECOND };
  } catch {
    return null; // The process is gone, or this is not Linux.
  }
}

/** Resident memory of a process: for looks that are many; 0 once it is gone. */
export function residentBytes(pid: number): number {
  try {
    return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ", 2)[1]) * PAGE_BYTES;
  } catch {
    return 0; // The process is gone, or this is not Linux.
  }
}

/**
 * How many files there are in the file system of at most `maxBytes` that `pid` sees at `directory`;
 * 0 once it is gone, or where there is no `/proc`. `null` where that one is larger: a wrapper that
 * has not left the machine's own file system yet is no sandbox.
 */
export function filesIn(
  pid: number,
  directory: string,
  { maxBytes }: { readonly maxBytes: number },
): number | null {
  try {
    const { files, ffree, blocks, bsize } = statfsSync(`/proc/${pid}/root${directory}`);
    return blocks * bsize > maxBytes ? null : files - ffree;
  } catch {
    return 0; // The process is gone, or this is not Linux.
  }
}

/** Sends SIGKILL; a process that is already gone is fine. */
export function killProcess(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return;
    throw error;
  }
}
