import assert from "node:assert/strict";
import { awaitBurial, killOrphans } from "./orphans.ts";

/** A shell that ends at once, and leaves a process behind that holds its output. */
function leaveOrphan(mark: string): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: ["-c", "sleep 600 & exit 0"],
    env: { MARK: mark },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

Deno.test("awaitBurial() ends orphans that hold the output of a process that has ended", async () => {
  const mark = crypto.randomUUID();
  const child = leaveOrphan(mark);
  assert.equal((await child.status).code, 0);
  const output = read(child.stdout);
  await awaitBurial(output, { in: "environ", text: `MARK=${mark}` });
  // Would stand for ten minutes while the orphan lived.
  assert.equal(await output, 0);
});

Deno.test("awaitBurial() gives up on what it cannot find", async () => {
  const never = Promise.withResolvers<never>();
  const startedAt = performance.now();
  await awaitBurial(never.promise, { in: "environ", text: `MARK=${crypto.randomUUID()}` });
  assert(performance.now() - startedAt >= 1_500);
});

Deno.test("killOrphans() ends only what carries the mark", async () => {
  const [marked, other] = [crypto.randomUUID(), crypto.randomUUID()];
  const children = [marked, other].map((name) =>
    new Deno.Command("sh", { args: ["-c", "read line", name], stdin: "piped" }).spawn()
  );
  killOrphans({ in: "cmdline", text: marked });
  assert.equal((await children[0]!.status).signal, "SIGKILL");
  await children[1]!.stdin.close();
  assert.equal((await children[1]!.status).signal, null);
  await children[0]!.stdin.abort().catch(() => {
    // Its reader is dead: nothing is lost.
  });
});

async function read(stream: ReadableStream<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  return bytes;
}
