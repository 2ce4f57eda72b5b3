import assert from "node:assert/strict";
import { innermostPid } from "../../sandboxes/process/proc_stat.ts";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { AttackRange, whyAbsent } from "./attack_range.ts";

/** Descriptor → what it is, as the kernel tells. */
function descriptorsOf(pid: number): Map<number, string> {
  const found = new Map<number, string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      found.set(Number(name), Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // It was closed in between: the one that lists the directory, say.
    }
  }
  return found;
}

/** What the gateway itself was started with is for whoever starts it to close. */
const GIVEN = new Set(descriptorsOf(Deno.pid).values());

/** The process that runs the guest program of this test. */
function sandboxPid(guestMark: string): number {
  const own = Deno.readTextFileSync(`/proc/${Deno.pid}/task/${Deno.pid}/children`);
  const children = [...Deno.readDirSync(`/proc/${Deno.pid}/task`)].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/${Deno.pid}/task/${name}/children`).trim().split(" ")
  );
  for (const child of new Set([...own.split(" "), ...children].filter((text) => text !== ""))) {
    const pid = innermostPid(Number(child));
    if (Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(guestMark)) return pid;
  }
  throw new Error("no sandbox was found");
}

for (const level of ["permissions", "bubblewrap"] satisfies IsolationLevel[]) {
  const absent = await whyAbsent(level);
  Deno.test({
    name: `a sandbox inherits nothing of the gateway's at ${level}`,
    // This level is not to be had on this machine.
    ignore: absent !== null,
    async fn() {
      await using range = await AttackRange.open({ level });
      // Things that a careless spawn would hand on: an open file, a listening socket.
      using secret = await Deno.open(range.bait.secret);
      await using _sandbox = await range.load({ name: "wait", code: "return null;" });
      const pid = sandboxPid("guest.js");
      const gateway = new Set(descriptorsOf(Deno.pid).values()).difference(GIVEN);
      const held = descriptorsOf(pid);
      // Its own ends of the frame channel, and what every process has one of.
      const channel = new Set([0, 1, 2].map((fd) => held.get(fd)));
      const shared = [...held.values()].filter((what) =>
        gateway.has(what) && !channel.has(what) && what !== "/dev/null" &&
        !what.startsWith("anon_inode:")
      );
      assert.deepEqual(shared, []);
      assert.ok([...gateway].includes(range.bait.secret), "the test would see it");
      assert.ok((await secret.stat()).isFile);
      const environment = Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0")
        .map((entry) => entry.split("=", 1)[0]).filter((name) => name !== "").sort();
      const known = ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "HOME", "LANG", "NO_COLOR", "PWD"];
      const own = environment.filter((name) => !known.includes(name!));
      assert.deepEqual(own, ["AIRLOCK_SANDBOX", "TMPDIR", "TZ"]);
    },
  });
}
