import assert from "node:assert/strict";
import { ProofQueue } from "./proof_queue.ts";

Deno.test("add() does one piece of work at a time, none twice, and never at once", async () => {
  await using queue = new ProofQueue(0);
  const done: string[] = [];
  let running = 0;
  const work = (name: string) => async () => {
    running += 1;
    assert.equal(running, 1);
    await Promise.resolve();
    done.push(name);
    running -= 1;
  };
  for (const name of ["a", "b", "a", "c"]) queue.add({ subject: name, key: name }, work(name));
  assert.deepEqual(done, []);
  await queue.idle();
  queue.add({ subject: "b", key: "b" }, work("b"));
  await queue.idle();
  assert.deepEqual(done, ["a", "b", "c"]);
});

Deno.test("add() drops what is too much, and no subject crowds out the others", async () => {
  await using queue = new ProofQueue(0);
  const done: string[] = [];
  for (let index = 0; index < 100; index += 1) {
    queue.add(
      { subject: "busy", key: `busy ${index}` },
      () => Promise.resolve(void done.push("busy")),
    );
  }
  queue.add({ subject: "rare", key: "rare" }, () => Promise.resolve(void done.push("rare")));
  await queue.idle();
  assert.ok(done.includes("rare"));
  assert.ok(done.length < 10, `${done.length}`);
});

Deno.test("ProofQueue ends what is under way and begins nothing more when disposed", async () => {
  const queue = new ProofQueue(0);
  const seen: string[] = [];
  queue.add({ subject: "a", key: "a" }, async (signal) => {
    seen.push("begun");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    seen.push("ended");
  });
  queue.add({ subject: "b", key: "b" }, () => Promise.resolve(void seen.push("too late")));
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await queue[Symbol.asyncDispose]();
  queue.add({ subject: "c", key: "c" }, () => Promise.resolve(void seen.push("closed")));
  assert.deepEqual(seen, ["begun", "ended"]);
});

Deno.test("ProofQueue does not wait for a pause when disposed", async () => {
  const queue = new ProofQueue(60_000);
  queue.add({ subject: "a", key: "a" }, () => assert.fail("it had not begun"));
  const startMs = performance.now();
  await queue[Symbol.asyncDispose]();
  assert.ok(performance.now() - startMs < 30_000);
});
