import assert from "node:assert/strict";
import {
  childPids,
  filesIn,
  innermostPid,
  killProcess,
  processUsage,
  residentBytes,
} from "./proc_stat.ts";

/** A shell that waits for a shell that waits for `sleep`. */
function chain(): Deno.ChildProcess {
  return new Deno.Command("/bin/sh", {
    args: ["-c", `/bin/sh -c "sleep 60; true"; true`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

Deno.test("innermostPid() follows a chain of wrappers to its end", async () => {
  const child = chain();
  const inner = await untilName(child.pid, "sleep");
  assert.notEqual(inner, child.pid);
  assert.deepEqual(childPids(inner), []);
  killProcess(inner);
  assert.equal((await child.status).success, true, "each wrapper ends when what it ran has ended");
  assert.deepEqual(childPids(child.pid), []);
  assert.equal(innermostPid(child.pid), child.pid);
});

Deno.test("processUsage() tells memory and time of a live process, and null of none", async () => {
  const own = processUsage(Deno.pid);
  assert.ok(own !== null && own.rssBytes > 10_000_000 && own.cpuMs > 0);
  const child = new Deno.Command("/bin/true").spawn();
  await child.status;
  assert.equal(processUsage(child.pid), null);
});

Deno.test("residentBytes() tells the same memory, and 0 of none", async () => {
  const { rssBytes } = processUsage(Deno.pid)!;
  assert.ok(Math.abs(residentBytes(Deno.pid) - rssBytes) < rssBytes / 4);
  const child = new Deno.Command("/bin/true").spawn();
  await child.status;
  assert.equal(residentBytes(child.pid), 0);
});

Deno.test("killProcess() kills at once, and passes by what is gone", async () => {
  const child = new Deno.Command("/bin/sleep", { args: ["60"] }).spawn();
  killProcess(child.pid);
  assert.equal((await child.status).signal, "SIGKILL");
  killProcess(child.pid);
});

/** Waits until the innermost process below `pid` has become `name`. */
async function untilName(pid: number, name: string): Promise<number> {
  const endAt = performance.now() + 10_000;
  for (;;) {
    const inner = innermostPid(pid);
    const comm = await Deno.readTextFile(`/proc/${inner}/comm`);
    if (comm.trim() === name) return inner;
    assert.ok(performance.now() < endAt, `still ${comm}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("filesIn() counts no file system that is larger than a sandbox's own", () => {
  assert.equal(filesIn(Deno.pid, "/", { maxBytes: 1 }), null);
  assert.ok(Number(filesIn(Deno.pid, "/", { maxBytes: Infinity })) >= 0);
  assert.equal(filesIn(2 ** 30, "/", { maxBytes: Infinity }), 0);
});
