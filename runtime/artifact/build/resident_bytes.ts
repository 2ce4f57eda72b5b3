const PAGE_BYTES = 4096;

/**
 * Memory resident in a process and its direct children; 0 where there is no `/proc` to ask, or
 * nothing of the process is left.
 */
export function residentBytes(pid: number): number {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim();
  const pids = [String(pid), ...children === "" ? [] : children.split(" ")];
  let pages = 0;
  for (const each of pids) pages += Number(read(`/proc/${each}/statm`).split(" ")[1] ?? 0);
  return pages * PAGE_BYTES;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // The process ended between two looks, or this is not Linux: nothing to count.
    return "";
  }
}
