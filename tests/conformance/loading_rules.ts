import assert from "node:assert/strict";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, observe } from "./conformance_bench.ts";

/** How code gets in, and how it fails to. */
export const loadingRules: Readonly<Record<string, Rule>> = {
  "a sandbox is created, loaded and used": async (bench) => {
    const sandbox = await bench.create();
    assert.equal(sandbox.runtime, bench.runtime.kind);
    assert.equal((await bench.processes()).length > 0, true);
    const unit = await bench.unit(`export const add = ({ a, b }) => a + b;`);
    const { importMs } = await sandbox.load(unit);
    assert.ok(importMs >= 0 && importMs < unit.timeoutMs, `importMs is ${importMs}`);
    assert.equal(await answerOf(sandbox, "add", { params: { a: 20, b: 22 } }), 42);
  },

  "a second load is refused and evaluates nothing": async (bench) => {
    const sandbox = await bench.load(`globalThis.first = 1; export const get = () => first;`);
    const second = await bench.unit(`globalThis.first = 2; export const get = () => 3;`);
    const failure = await failureOf(sandbox.load(second));
    assert.equal(failure.stage, "load");
    assert.equal(await answerOf(sandbox, "get"), 1);
  },

  "two loads at once: one of them is refused": async (bench) => {
    const sandbox = await bench.create();
    const unit = await bench.unit(`export const get = () => 1;`);
    const outcomes = await Promise.allSettled([sandbox.load(unit), sandbox.load(unit)]);
    assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected"]);
    assert.equal(await answerOf(sandbox, "get"), 1);
  },

  "a call before anything is loaded is refused at once": async (bench) => {
    const sandbox = await bench.create();
    const failure = await failureOf(observe(sandbox, "get").report);
    assert.notEqual(failure.code, "deadline_exceeded");
  },

  "a syntax error is the tool's, at stage load": async (bench) => {
    const sandbox = await bench.create();
    const failure = await failureOf(sandbox.load(await bench.unit(`export const = 1;`)));
    assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"]);
    assert.notEqual(failure.message, "");
  },

  "what a module throws is the tool's error, at stage load": async (bench) => {
    const sandbox = await bench.create();
    const unit = await bench.unit(`throw new RangeError("no licence key");`);
    const failure = await failureOf(sandbox.load(unit));
    assert.deepEqual([failure.code, failure.stage, failure.message], [
      "tool_error",
      "load",
      "no licence key",
    ]);
    assert.equal(failure.details.name, "RangeError");
    assert.equal(failure.retryable, false);
  },

  "a module may throw what is no error": async (bench) => {
    for (const thrown of ["null", "undefined", `"plain"`, "Symbol('s')", "{ a: 1 }", "() => 1"]) {
      const sandbox = await bench.create();
      const failure = await failureOf(sandbox.load(await bench.unit(`throw (${thrown});`)));
      assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"], thrown);
      assert.notEqual(failure.message, "");
    }
  },

  "an import of what is not there fails the load": async (bench) => {
    for (const specifier of ["./other.mjs", "lodash", "npm:lodash", "https://example.com/x.js"]) {
      const sandbox = await bench.create();
      const unit = await bench.unit(`import x from ${JSON.stringify(specifier)};`);
      const failure = await failureOf(sandbox.load(unit));
      assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"], specifier);
      const told = JSON.stringify([failure.message, failure.details, failure.suggestion]);
      assert.equal(told.includes(bench.runDirectory), false, `tells a path of the host: ${told}`);
    }
  },

  "a module that never finishes is ended at its deadline": async (bench) => {
    const endless = [
      `await new Promise(() => {});`,
      `for (;;);`,
      `export function then() {}`,
    ];
    for (const source of endless) {
      const sandbox = await bench.create();
      const unit = await bench.unit(source, { timeoutMs: 400 });
      const failure = await failureOf(sandbox.load(unit));
      assert.deepEqual([failure.code, failure.stage], ["deadline_exceeded", "load"], source);
      assert.equal((await sandbox.exited).reason, "deadline", source);
    }
  },

  "a namespace that resolves to something else has no tools": async (bench) => {
    for (const value of ["null", "5", `"x"`, "undefined", "Symbol.iterator"]) {
      const sandbox = await bench.create();
      const unit = await bench.unit(`export function then(resolve) { resolve(${value}); }`);
      const failure = await failureOf(sandbox.load(unit));
      assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"], value);
    }
  },

  "a module that fills the memory is ended": async (bench) => {
    const sandbox = await bench.create();
    const unit = await bench.unit(
      `const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length));`,
    );
    const failure = await failureOf(sandbox.load(unit));
    assert.deepEqual([failure.code, failure.stage], ["resource_limit", "load"]);
    assert.equal(failure.details.limit, "memoryBytes");
    assert.equal((await sandbox.exited).reason, "memory");
  },

  "what a module prints while it loads is not an obstacle": async (bench) => {
    const sandbox = await bench.load(
      `console.log("x".repeat(2_000_000)); console.table([{ a: 1 }]); export const get = () => 1;`,
    );
    const { report, logs } = observe(sandbox, "get");
    assert.equal((await report).output, 1);
    assert.deepEqual(logs, []);
  },

  "two sandboxes share no state": async (bench) => {
    const source = `
      globalThis.seen ??= 0; Object.prototype.leak = (Object.prototype.leak ?? 0) + 1;
      export const count = () => [++globalThis.seen, ({}).leak];`;
    const first = await bench.load(source);
    const second = await bench.load(source);
    assert.deepEqual(await answerOf(first, "count"), [1, 1]);
    assert.deepEqual(await answerOf(first, "count"), [2, 1]);
    assert.deepEqual(await answerOf(second, "count"), [1, 1]);
  },

  "needs of one class are interchangeable, others are not": async (bench) => {
    const { runtime } = bench;
    const { limits, permissions } = { limits: LIMITS, permissions: NOTHING };
    const base = runtime.classOf({ permissions, limits });
    assert.equal(runtime.classOf({ permissions: { ...permissions }, limits: { ...limits } }), base);
    assert.equal(
      runtime.classOf({ permissions, limits: { ...limits, timeoutMs: 5, outputBytes: 6 } }),
      base,
    );
    const others = [
      { permissions, limits: { ...limits, memoryBytes: limits.memoryBytes * 2 } },
      { permissions: { ...permissions, fs: "tmp" as const }, limits },
      { permissions: { ...permissions, netDirect: ["a.example:1"] }, limits },
      { permissions, limits, tree: "/somewhere" },
    ];
    for (const other of others) assert.notEqual(runtime.classOf(other), base);
    await Promise.resolve();
  },
};

const LIMITS = { timeoutMs: 1, memoryBytes: 2 ** 26, outputBytes: 3, logBytes: 4 };
const NOTHING = { net: "none", netDirect: [], fs: "none" } as const;
