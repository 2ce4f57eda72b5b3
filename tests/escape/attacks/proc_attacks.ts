import type { Attack } from "../attack.ts";

/** Paths of the kernel's own file systems, read whole by a loop over both readers. */
function read(name: string, path: string, harmlessWhenLoose?: string): Attack {
  return {
    name: `read ${name}`,
    code: `const path = ${path};
      const errors = [];
      for (const reader of [
        () => Deno.readTextFileSync(path),
        () => process.getBuiltinModule("node:fs").readFileSync(path, "latin1"),
        () => process.getBuiltinModule("node:fs").readlinkSync(path),
        () => [...Deno.readDirSync(path)].length,
      ]) {
        try { return reader() || "empty"; } catch (error) { errors.push(error.name); }
      }
      throw new Error(errors.join());`,
    harmlessWhenLoose,
  };
}

/** Ways to other processes through `/proc`, and devices. */
export const PROC_ATTACKS: readonly Attack[] = [
  read("/proc/self/environ", `"/proc/self/environ"`),
  read("/proc/self/cmdline", `"/proc/self/cmdline"`),
  read("/proc/self/maps", `"/proc/self/maps"`),
  read("/proc/self/mem", `"/proc/self/mem"`, "the first page is never mapped"),
  read("/proc/self/fd", `"/proc/self/fd"`),
  read("/proc/self/fd/0", `"/proc/self/fd/0"`, "it waits for the gateway's next frame"),
  read("/proc/self/exe", `"/proc/self/exe"`, "it is larger than a sandbox's memory"),
  read("/proc/self/cwd", `"/proc/self/cwd"`),
  read("a file below /proc/self/root", `"/proc/self/root" + p.secret`),
  read("a file below /proc/self/cwd", `"/proc/self/cwd/../../../../../.." + p.secret`),
  read("a file below /proc/thread-self/root", `"/proc/thread-self/root" + p.secret`),
  read("/proc/1/environ", `"/proc/1/environ"`, "it depends on who runs the machine"),
  read("/proc/1/root", `"/proc/1/root" + p.secret`, "it depends on who runs the machine"),
  read("the gateway's environment", "`/proc/${p.pid}/environ`"),
  read("the gateway's command line", "`/proc/${p.pid}/cmdline`"),
  read("the gateway's files", "`/proc/${p.pid}/fd`"),
  read("the gateway's root", "`/proc/${p.pid}/root${p.secret}`"),
  read("the parent's environment", "`/proc/${process.ppid}/environ`"),
  read("the mount table", `"/proc/mounts"`),
  read("the network table", `"/proc/net/tcp"`),
  read("/etc/passwd", `"/etc/passwd"`),
  read("/etc/hostname", `"/etc/hostname"`),
  read("/root", `"/root"`),
  read("/sys", `"/sys"`),
  read("/dev", `"/dev"`),
  read("kernel memory", `"/dev/mem"`, "no process of this machine may"),
  {
    name: "write another process's memory",
    code: "using f = Deno.openSync(`/proc/${p.victim}/mem`, { write: true }); return 'opened';",
  },
  {
    name: "change another process's priority of being killed",
    code: "Deno.writeTextFileSync(`/proc/${p.victim}/oom_score_adj`, '500'); return 'changed';",
  },
];
