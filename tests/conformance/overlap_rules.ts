import assert from "node:assert/strict";
import type { Rule } from "./rule.ts";
import { failureOf, observe } from "./conformance_bench.ts";

const SLOW_ECHO = `
  export async function echo({ n, ms }) {
    console.log("start " + n);
    await new Promise((resolve) => setTimeout(resolve, ms));
    console.log("end " + n);
    return { n };
  }
  export const hang = () => { console.log("hanging"); return new Promise(() => {}); };`;

/** Calls that run in one sandbox at the same time. */
export const overlapRules: Readonly<Record<string, Rule>> = {
  "each of many calls gets its own result and its own logs": async (bench) => {
    const sandbox = await bench.load(SLOW_ECHO, { overlapping: true });
    const calls = Array.from(
      { length: 24 },
      (_, n) => observe(sandbox, "echo", { params: { n, ms: (24 - n) * 4 } }),
    );
    for (const [n, { report, logs }] of calls.entries()) {
      assert.deepEqual((await report).output, { n });
      assert.deepEqual(logs.map(({ message }) => message), [`start ${n}`, `end ${n}`]);
    }
  },

  "the end of the process fails every call exactly once": async (bench) => {
    const sandbox = await bench.load(SLOW_ECHO, { overlapping: true });
    let settled = 0;
    const calls = Array.from({ length: 8 }, () => observe(sandbox, "hang"));
    for (const { report } of calls) report.then(() => settled++, () => settled++);
    await until(() => calls.every(({ logs }) => logs.length === 1));
    for (const pid of await bench.processes()) kill(pid);
    for (const { report } of calls) {
      const failure = await failureOf(report);
      assert.deepEqual([failure.code, failure.stage], ["sandbox_crashed", "execute"]);
      assert.equal(failure.retryable, true);
    }
    assert.equal(settled, 8);
    assert.equal((await sandbox.exited).reason, "crashed");
  },

  "the deadline of one call ends the others, which may be tried again": async (bench) => {
    const sandbox = await bench.load(SLOW_ECHO, { overlapping: true });
    const others = [observe(sandbox, "hang"), observe(sandbox, "hang")];
    const late = observe(sandbox, "hang", { limits: { timeoutMs: 200 } });
    assert.equal((await failureOf(late.report)).code, "deadline_exceeded");
    for (const { report } of others) {
      const failure = await failureOf(report);
      assert.deepEqual([failure.code, failure.retryable], ["sandbox_crashed", true]);
    }
  },

  "a failure of one call leaves the others alone": async (bench) => {
    const sandbox = await bench.load(
      `${SLOW_ECHO} export const fail = () => { throw new Error("no"); };`,
      { overlapping: true },
    );
    const echo = observe(sandbox, "echo", { params: { n: 1, ms: 100 } });
    assert.equal((await failureOf(observe(sandbox, "fail").report)).code, "tool_error");
    assert.deepEqual((await echo.report).output, { n: 1 });
  },

  "limits are those of each call": async (bench) => {
    const sandbox = await bench.load(
      `export async function text({ n }) { await null; console.log("x".repeat(n)); return "x".repeat(n); }`,
      { overlapping: true },
    );
    const small = { outputBytes: 100, logBytes: 10 };
    const large = { outputBytes: 3_000_000, logBytes: 10 };
    const calls = [
      observe(sandbox, "text", { params: { n: 2_000_000 }, limits: large }),
      observe(sandbox, "text", { params: { n: 50 }, limits: small }),
      observe(sandbox, "text", { params: { n: 200 }, limits: small }),
    ] as const;
    assert.equal(String((await calls[0].report).output).length, 2_000_000);
    assert.equal(String((await calls[1].report).output).length, 50);
    assert.equal((await failureOf(calls[2].report)).code, "resource_limit");
    for (const { logs } of calls) {
      assert.deepEqual(logs.map(({ message }) => message), ["x".repeat(10)]);
    }
  },
};

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // It went with its parent.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const endAt = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < endAt, "waited for 20 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
