import assert from "node:assert/strict";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, needOf, observe } from "./conformance_bench.ts";
import { isAlive } from "./process_tree.ts";

/** How sandboxes end, and that nothing of them is left. */
export const endingRules: Readonly<Record<string, Rule>> = {
  "an abort is told to the tool, which may end by itself": async (bench) => {
    const sandbox = await bench.load(`
      export const wait = { description: "", inputSchema: { jsonSchema: {} },
        execute: (_input, { abortSignal }) => new Promise((resolve) => {
          console.log("waiting");
          abortSignal.addEventListener("abort", () => resolve("stopped"));
        }) };`);
    const controller = new AbortController();
    const { report } = observe(sandbox, "wait", {
      signal: controller.signal,
      onLog: () => controller.abort(),
    });
    assert.equal((await report).output, "stopped");
  },

  "an abort that the tool ignores ends the sandbox": async (bench) => {
    const sandbox = await bench.load(`export const spin = () => { console.log("on"); for (;;); };`);
    const controller = new AbortController();
    const { report } = observe(sandbox, "spin", {
      signal: controller.signal,
      onLog: () => controller.abort(),
    });
    const failure = await failureOf(report);
    assert.deepEqual([failure.code, failure.details.by], ["deadline_exceeded", "caller"]);
    assert.equal((await sandbox.exited).reason, "requested");
  },

  "a call that was aborted before it began fails": async (bench) => {
    const sandbox = await bench.load(`export const hang = () => new Promise(() => {});`);
    const failure = await failureOf(
      observe(sandbox, "hang", { signal: AbortSignal.abort() }).report,
    );
    assert.equal(failure.code, "deadline_exceeded");
  },

  "a sandbox that has ended refuses everything at once": async (bench) => {
    const sandbox = await bench.load(`export const get = () => 1;`);
    await sandbox[Symbol.asyncDispose]();
    assert.equal((await failureOf(observe(sandbox, "get").report)).code, "sandbox_crashed");
    const unit = await bench.unit(`export const get = () => 1;`);
    await failureOf(sandbox.load(unit));
    await failureOf(sandbox.describe(1000));
    assert.deepEqual(await sandbox.usage(), { rssBytes: 0, cpuMs: 0 });
  },

  "disposing ends calls, waits for the process and may be repeated": async (bench) => {
    const sandbox = await bench.load(`export const hang = () => new Promise(() => {});`);
    const { report } = observe(sandbox, "hang");
    const processes = await bench.processes();
    assert.ok(processes.length > 0);
    await Promise.all([sandbox[Symbol.asyncDispose](), sandbox[Symbol.asyncDispose]()]);
    for (const pid of processes) assert.equal(await isAlive(pid), false, `process ${pid} lives`);
    assert.equal((await failureOf(report)).code, "sandbox_crashed");
    assert.equal((await sandbox.exited).reason, "requested");
    await sandbox[Symbol.asyncDispose]();
    assert.deepEqual(Array.from(Deno.readDirSync(bench.runDirectory)), []);
  },

  "disposing while it loads fails the load": async (bench) => {
    const sandbox = await bench.create();
    const loading = sandbox.load(await bench.unit(`await new Promise(() => {});`));
    const failure = failureOf(loading);
    await sandbox[Symbol.asyncDispose]();
    assert.deepEqual([(await failure).code, (await failure).stage], ["sandbox_crashed", "load"]);
  },

  "an error that nobody handles spoils the sandbox, not the gateway": async (bench) => {
    const sandbox = await bench.load(`
      export function stray() { setTimeout(() => { throw new Error("late"); }, 10); return 1; }`);
    assert.equal(await answerOf(sandbox, "stray"), 1);
    const exit = await sandbox.exited;
    assert.equal(exit.reason, "exited");
    assert.equal((await failureOf(observe(sandbox, "stray").report)).code, "sandbox_crashed");
  },

  "usage grows with use": async (bench) => {
    const sandbox = await bench.load(`
      export function work() { const end = performance.now() + 300; while (performance.now() < end); }`);
    const before = await sandbox.usage();
    await answerOf(sandbox, "work");
    const after = await sandbox.usage();
    assert.ok(
      before.rssBytes > 8 * 2 ** 20 && before.rssBytes < 2 ** 30,
      `${before.rssBytes} bytes`,
    );
    assert.ok(after.cpuMs > before.cpuMs && after.cpuMs < 60_000, `${after.cpuMs} ms`);
  },

  "private files vanish with the sandbox": async (bench) => {
    const source = `
      import { readdirSync, readFileSync, writeFileSync } from "node:fs";
      import os from "node:os";
      const { tmpdir } = os;
      export function write() { writeFileSync(tmpdir() + "/left.txt", "x"); return readdirSync(tmpdir()); }
      export const list = () => readdirSync(tmpdir());`;
    const permissions = { fs: "tmp" } as const;
    const first = await bench.create({ permissions });
    await first.load(await bench.unit(source));
    assert.deepEqual(await answerOf(first, "write"), ["left.txt"]);
    const second = await bench.create({ permissions });
    await second.load(await bench.unit(source));
    assert.deepEqual(await answerOf(second, "list"), []);
    const refused = await bench.load(source);
    assert.equal((await failureOf(observe(refused, "write").report)).code, "tool_error");
  },

  "a hundred sandboxes come and go without a trace": async (bench) => {
    const unit = await bench.unit(`export const get = () => 1;`);
    const round = async () => {
      await using sandbox = await bench.runtime.create(needOf());
      await sandbox.load(unit);
      assert.equal(await answerOf(sandbox, "get"), 1);
    };
    for (let n = 0; n < 5; n++) await round();
    const before = openPipes();
    for (let n = 0; n < 95; n += 5) await Promise.all(Array.from({ length: 5 }, round));
    assert.deepEqual(await bench.processes(), []);
    assert.deepEqual(Array.from(Deno.readDirSync(bench.runDirectory)), []);
    // Other test files may run in this process: a leak would show as some three for each sandbox.
    assert.ok(openPipes() - before < 100, `${openPipes()} pipes after, ${before} before`);
  },
};

/** Pipes that this process has open: what a forgotten child would leave. */
function openPipes(): number {
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      if (Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith("pipe:")) count++;
    } catch {
      // The descriptor that lists the directory is gone by now.
    }
  }
  return count;
}
