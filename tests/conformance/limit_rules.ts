import assert from "node:assert/strict";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, observe } from "./conformance_bench.ts";

const MIB = 1024 * 1024;

/** Each limit holds against a tool that does its best to go beyond it. */
export const limitRules: Readonly<Record<string, Rule>> = {
  "a call that never ends is ended at its deadline": async (bench) => {
    const source = `
      export const spin = () => { for (;;); };
      export const hang = () => new Promise(() => {});
      export async function churn() { for (;;) await null; }
      export async function* endless() { for (;;) { await new Promise((r) => setTimeout(r, 5)); yield 1; } }
      export const regex = () => /^(a+)+$/.test("a".repeat(60) + "b");`;
    for (const name of ["spin", "hang", "churn", "endless", "regex"]) {
      const sandbox = await bench.load(source);
      const startedAt = performance.now();
      const failure = await failureOf(
        observe(sandbox, name, { limits: { timeoutMs: 300 } }).report,
      );
      assert.ok(performance.now() - startedAt >= 290, name);
      assert.deepEqual([failure.code, failure.stage], ["deadline_exceeded", "execute"], name);
      assert.deepEqual(failure.details, { limit: "timeoutMs", allowed: 300 });
      assert.equal((await sandbox.exited).reason, "deadline", name);
    }
  },

  "a heap that is full ends the call": async (bench) => {
    const sandbox = await bench.load(`
      export function fill() { const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length)); }`);
    const failure = await failureOf(observe(sandbox, "fill").report);
    assert.deepEqual([failure.code, failure.stage], ["resource_limit", "execute"]);
    assert.deepEqual(failure.details, { limit: "memoryBytes", allowed: 64 * MIB });
    assert.equal((await sandbox.exited).reason, "memory");
  },

  "buffers beside the heap are bounded too": async (bench) => {
    const sandbox = await bench.load(`
      export async function fill() {
        const kept = [];
        try {
          for (let n = 0; n < 1000; n++) {
            kept.push(new Uint8Array(${MIB}).fill(1));
            if (n % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
          }
        } catch (error) { kept.unshift(error.name); }
        return [typeof kept[0] === "string" ? kept[0] : "filled", kept.length];
      }`);
    const outcome = await observe(sandbox, "fill").report.then(
      ({ output }) => output,
      (error: unknown) => error,
    );
    if (Array.isArray(outcome)) {
      // Refused inside, which a tool may survive: what it holds is bounded all the same.
      assert.equal(outcome[0], "RangeError");
      assert.ok(Number(outcome[1]) <= 256, `holds ${outcome[1]} MiB`);
    } else {
      const failure = await failureOf(Promise.reject(outcome));
      assert.equal(failure.code, "resource_limit");
      assert.equal(failure.details.limit, "memoryBytes");
    }
  },

  "a result may be as large as outputBytes, not larger": async (bench) => {
    const source = `export const text = ({ n }) => "x".repeat(n);`;
    const sandbox = await bench.load(source);
    const limits = { outputBytes: 1000 };
    const fits = await answerOf(sandbox, "text", { params: { n: 998 }, limits });
    assert.equal(String(fits).length, 998);
    for (const n of [999, 50_000_000]) {
      const other = await bench.load(source, { limits: { memoryBytes: 256 * MIB } });
      const failure = await failureOf(observe(other, "text", { params: { n }, limits }).report);
      assert.deepEqual([failure.code, failure.stage], ["resource_limit", "encode"]);
      assert.deepEqual(failure.details, { limit: "outputBytes", allowed: 1000 });
    }
  },

  "a stream may be as large as outputBytes, not larger": async (bench) => {
    const sandbox = await bench.load(
      `export async function* endless() { for (;;) yield "é".repeat(100); }`,
    );
    const { report, chunks } = observe(sandbox, "endless", { limits: { outputBytes: 2000 } });
    const failure = await failureOf(report);
    assert.deepEqual([failure.code, failure.stage], ["resource_limit", "encode"]);
    assert.ok(chunks.length > 0 && chunks.length < 10, `${chunks.length} chunks`);
  },

  "log text is kept up to logBytes; the rest is counted": async (bench) => {
    const sandbox = await bench.load(`
      export function talk() { for (let n = 0; n < 100; n++) console.log("0123456789"); return "said"; }`);
    const { report, logs } = observe(sandbox, "talk", { limits: { logBytes: 105 } });
    const { output, droppedLogBytes } = await report;
    assert.equal(output, "said");
    assert.equal(logs.map(({ message }) => message).join(""), "0123456789".repeat(10) + "01234");
    assert.equal(droppedLogBytes, 1000 - 105);
  },

  "log text that did not fit is counted of a call that fails, too": async (bench) => {
    const sandbox = await bench.load(`
      export function fail() { console.log("x".repeat(150)); console.log("y"); throw new Error("no"); }`);
    const { report, dropped } = observe(sandbox, "fail", { limits: { logBytes: 100 } });
    assert.equal((await failureOf(report)).code, "tool_error");
    assert.equal(dropped.reduce((sum, bytes) => sum + bytes, 0), 51);
  },

  "log text that did not fit is counted of a call that is killed, too": async (bench) => {
    const sandbox = await bench.load(`
      export function spin() { console.log("x".repeat(150)); for (;;); }`);
    const limits = { logBytes: 100, timeoutMs: 1000 };
    const { report, dropped } = observe(sandbox, "spin", { limits });
    assert.equal((await failureOf(report)).code, "deadline_exceeded");
    assert.deepEqual(dropped, [50]);
  },

  "one huge line is cut, whatever else the call may put out": async (bench) => {
    const sandbox = await bench.load(
      `export function talk() { console.log("\\u0001é".repeat(2_000_000)); return 1; }`,
      { limits: { memoryBytes: 256 * MIB } },
    );
    const limits = { logBytes: MIB, outputBytes: 64 };
    const { report, logs } = observe(sandbox, "talk", { limits });
    assert.equal((await report).output, 1);
    const keptBytes = new TextEncoder().encode(logs.map(({ message }) => message).join("")).length;
    // A cut within a character shows as a replacement character, which is one byte longer.
    assert.ok(keptBytes > MIB / 2 && keptBytes <= MIB + 2, `${keptBytes} bytes`);
    assert.ok((await report).droppedLogBytes > 0);
  },

  "raw output is bounded like logs, and a flood ends the call": async (bench) => {
    const source = `
      const line = new TextEncoder().encode("y".repeat(999) + "\\n");
      export function write({ times }) { for (let n = 0; n < times; n++) Deno.stdout.writeSync(line); return 1; }`;
    const sandbox = await bench.load(source);
    const few = observe(sandbox, "write", { params: { times: 100 }, limits: { logBytes: 5000 } });
    const { droppedLogBytes } = await few.report;
    assert.equal(few.logs.reduce((sum, { message }) => sum + message.length, 0), 5000);
    assert.equal(droppedLogBytes, 95_000);
    const flood = observe(sandbox, "write", { params: { times: 100_000 } });
    const failure = await failureOf(flood.report);
    assert.equal(failure.code, "sandbox_crashed");
    assert.equal((await sandbox.exited).reason, "protocol");
  },

  "limits hold in a realm that the tool has poisoned": async (bench) => {
    const sandbox = await bench.load(`
      const big = "z".repeat(200_000);
      Object.defineProperty(Object.prototype, "toJSON", { configurable: true, value() {
        return this?.type === "log" ? { ...this, message: [big] } : this;
      } });
      export function talk() { for (let n = 0; n < 50; n++) console.log("small"); return 1; }`);
    const { report, logs } = observe(sandbox, "talk", { limits: { logBytes: 5000 } });
    // Whether the call ends well does not matter here, only what it leaves with the host.
    await report.catch(() => {});
    assert.ok(logs.every(({ message }) => typeof message === "string"), "a line that is no text");
    const kept = logs.reduce((sum, { message }) => sum + message.length, 0);
    assert.ok(kept <= 5000, `${kept} characters kept`);
  },
};
