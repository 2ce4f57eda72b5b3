/**
 * What tells a process from every other that had or will have its number: when it began, on this boot
 * of the machine. `null` where it does not run, `undefined` where this system does not say.
 */
export async function processMark(pid: number): Promise<string | null | undefined> {
  if (Deno.build.os === "linux") return await linuxMark(pid);
  return Deno.build.os === "darwin" ? await psMark(pid) : undefined;
}

/** proc(5): what follows the name, which may hold anything, begins with the state. */
async function linuxMark(pid: number): Promise<string | null> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const boot = await Deno.readTextFile("/proc/sys/kernel/random/boot_id");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTicks] = [fields[0], fields[19]];
    // One that has ended, and that nobody has asked about yet, is none.
    return state === "Z" || startTicks === undefined ? null : `${boot.trim()} ${startTicks}`;
  } catch {
    // There is no process of that number.
    return null;
  }
}

async function psMark(pid: number): Promise<string | null> {
  const { success, stdout } = await new Deno.Command("ps", {
    args: ["-o", "state=,lstart=", "-p", String(pid)],
    ...{ clearEnv: true, env: { PATH: "/bin:/usr/bin", LC_ALL: "C" }, stderr: "null" },
  }).output();
  const [state, ...start] = new TextDecoder().decode(stdout).trim().split(/\s+/);
  return !success || state === undefined || state.startsWith("Z") ? null : start.join(" ");
}
