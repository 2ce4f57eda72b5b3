import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, observe } from "./conformance_bench.ts";

/** Two names must be text and a number; anything else is refused with its path. */
const CHECKED_TOOL = `
  const issues = ({ name, items }) => [
    ...(typeof name === "string" ? [] : [{ message: "expected text", path: ["name"] }]),
    ...(typeof items?.[1]?.n === "number" ? [] : [{ message: "expected a number",
      path: ["items", 1, { key: "n" }] }]),
  ];
  const inputSchema = { "~standard": { version: 1, vendor: "rules", validate: (value) => {
    const found = issues(value);
    return found.length > 0 ? { issues: found } : { value: { ...value, checked: true } };
  } } };
  export const checked = { description: "d", inputSchema, execute: (input) => input };`;

/** How tools are found and called, and how their own failures look. */
export const callingRules: Readonly<Record<string, Rule>> = {
  "plain, async and default exports are called": async (bench) => {
    const sandbox = await bench.load(`
      export const plain = ({ a }) => a + 1;
      export async function later({ a }) { await null; return new Promise((r) => setTimeout(r, 5, a)); }
      export default function () { return "default"; }
      export const nothing = () => {};`);
    assert.equal(await answerOf(sandbox, "plain", { params: { a: 1 } }), 2);
    assert.equal(await answerOf(sandbox, "later", { params: { a: 2 } }), 2);
    assert.equal(await answerOf(sandbox, "default"), "default");
    assert.equal(await answerOf(sandbox, "nothing"), null);
  },

  "an AI SDK tool gets its input, an abort signal and the call's id": async (bench) => {
    const sandbox = await bench.load(`
      export const greet = {
        description: "Greets", inputSchema: { jsonSchema: { type: "object" } },
        execute: async (input, { abortSignal, toolCallId, messages }) => ({
          input, toolCallId, messages,
          signal: abortSignal instanceof AbortSignal && !abortSignal.aborted,
        }),
      };`);
    const output = await answerOf(sandbox, "greet", { params: { to: "me" }, callId: "call-7" });
    assert.deepEqual(output, {
      input: { to: "me" },
      toolCallId: "call-7",
      messages: [],
      signal: true,
    });
  },

  "parameters arrive as they were sent": async (bench) => {
    const sandbox = await bench.load(`export const echo = (value) => ({ value });`);
    const values: JsonValue[] = ["é\u0000\ud83d\ude00", 1e300, -0.5, true, {
      __proto__x: 1,
      "": [null],
    }];
    for (const params of [...values, { deep: values }, { text: "x".repeat(300_000) }]) {
      assert.deepEqual(await answerOf(sandbox, "echo", { params }), { value: params });
    }
  },

  "a tool that is not there is refused with the names that are": async (bench) => {
    const sandbox = await bench.load(
      `export const one = () => 1; export const two = () => 2; export const n = 5;`,
    );
    const failure = await failureOf(observe(sandbox, "three").report);
    assert.deepEqual([failure.code, failure.stage], ["tool_not_found", "execute"]);
    assert.deepEqual(failure.details.available, ["one", "two"]);
    for (const name of ["__proto__", "constructor", "toString", "n", "", "one.call"]) {
      const other = await bench.load(`export const one = () => 1; export const n = 5;`);
      const { code } = await failureOf(observe(other, name).report);
      assert.equal(code, "tool_not_found", name);
    }
  },

  "input that a tool's own schema refuses says where": async (bench) => {
    const sandbox = await bench.load(CHECKED_TOOL);
    const good = { name: "n", items: [0, { n: 1 }] };
    const output = await answerOf(sandbox, "checked", { params: good });
    assert.deepEqual(output, { ...good, checked: true });
    const failure = await failureOf(observe(sandbox, "checked", { params: { items: [] } }).report);
    assert.deepEqual([failure.code, failure.stage], ["invalid_input", "execute"]);
    assert.deepEqual(failure.details.issues, [
      { path: "$.name", message: "expected text" },
      { path: "$.items[1].n", message: "expected a number" },
    ]);
    assert.match(failure.message, /\$\.items\[1\]\.n: expected a number/);
  },

  "what a tool throws is its error, with name, message and stack": async (bench) => {
    const source = `
      class QuotaError extends Error { name = "QuotaError"; }
      export const fails = () => { throw new QuotaError("no quota left"); };
      export const rejects = () => Promise.reject("plain text");
      export const odd = () => { throw new Proxy({}, { get() { throw 1; } }); };`;
    const failure = await failureOf(observe(await bench.load(source), "fails").report);
    assert.deepEqual([failure.code, failure.stage, failure.message], [
      "tool_error",
      "execute",
      "no quota left",
    ]);
    assert.equal(failure.details.name, "QuotaError");
    assert.match(String(failure.details.stack), /fails/);
    assert.equal(JSON.stringify(failure.details).includes(bench.runDirectory), false);
    const plain = await failureOf(observe(await bench.load(source), "rejects").report);
    assert.deepEqual([plain.code, plain.message], ["tool_error", "plain text"]);
    const odd = await failureOf(observe(await bench.load(source), "odd").report);
    assert.equal(odd.code, "tool_error");
  },

  "a result that cannot be said in JSON is refused with its path": async (bench) => {
    const source = `
      export const fn = () => ({ list: [1, { run: () => 1 }] });
      export const loop = () => { const a = { b: {} }; a.b.c = a; return a; };
      export const getter = () => ({ ok: 1, get bad() { throw new Error("no"); } });`;
    for (const [name, path] of [["fn", "$.list[1].run"], ["loop", "$.b.c"], ["getter", "$.bad"]]) {
      const failure = await failureOf(observe(await bench.load(source), name!).report);
      assert.deepEqual([failure.code, failure.stage], ["tool_error", "encode"], name);
      assert.equal(failure.details.path, path);
    }
  },

  "two hundred calls one after the other": async (bench) => {
    const sandbox = await bench.load(
      `let calls = 0; export const next = ({ n }) => [n, ++calls];`,
    );
    for (let n = 1; n <= 200; n++) {
      assert.deepEqual(await answerOf(sandbox, "next", { params: { n } }), [n, n]);
    }
  },

  "time in the tool is measured inside": async (bench) => {
    const sandbox = await bench.load(
      `export const wait = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms));`,
    );
    const { toolMs } = await observe(sandbox, "wait", { params: { ms: 60 } }).report;
    assert.ok(toolMs >= 55 && toolMs < 20_000, `toolMs is ${toolMs}`);
  },
};
