import assert from "node:assert/strict";
import { answerOf, failureOf, observe } from "./conformance/conformance_bench.ts";
import type { Rule } from "./conformance/rule.ts";

const MIB = 1024 * 1024;

/** Rules of the sandbox contract that mean something else where each call has an instance of its own. */
export const quickjsRules: Readonly<Record<string, Rule>> = {
  "two sandboxes share no state": async (bench) => {
    const source = `
      globalThis.seen ??= 0; Object.prototype.leak = (Object.prototype.leak ?? 0) + 1;
      export const count = () => { ++globalThis.seen; return [globalThis.seen, ++Object.prototype.leak]; };`;
    const first = await bench.load(source);
    const second = await bench.load(source);
    for (const sandbox of [first, first, second]) {
      assert.deepEqual(await answerOf(sandbox, "count"), [1, 2]);
    }
  },

  "two hundred calls one after the other": async (bench) => {
    const sandbox = await bench.load(`
      let calls = 0;
      export const count = ({ n }) => [n, ++calls];`);
    for (let n = 0; n < 200; n++) {
      assert.deepEqual(await answerOf(sandbox, "count", { params: { n } }), [n, 1]);
    }
  },

  "values of env are seen, and nothing else": async (bench) => {
    const source = `
      import process from "node:process";
      import { env } from "node:process";
      export const see = () => [process.env.API_KEY, env.API_KEY, Object.keys(process.env)];`;
    const sandbox = await bench.load(source, { env: { API_KEY: "k-é" } });
    assert.deepEqual(await answerOf(sandbox, "see"), ["k-é", "k-é", ["API_KEY"]]);
    const other = await bench.load(source);
    assert.deepEqual(await answerOf(other, "see"), [null, null, []]);
  },

  "writing to the environment stays inside": async (bench) => {
    const source = `
      import process from "node:process";
      export function write() {
        process.env.LEFT = 5; delete process.env.GIVEN;
        return [process.env.LEFT, process.env.GIVEN ?? null];
      }
      export const see = () => Object.entries(process.env).sort();`;
    const sandbox = await bench.load(source, { env: { GIVEN: "g" } });
    assert.deepEqual(await answerOf(sandbox, "write"), ["5", null]);
    assert.deepEqual(await answerOf(sandbox, "see"), [["GIVEN", "g"]]);
  },

  "a call that never ends is ended at its deadline": async (bench) => {
    const source = `
      export const spin = () => { for (;;); };
      export const caught = () => { for (;;) try { for (;;); } catch {} };
      export const hang = () => new Promise(() => {});
      export async function churn() { for (;;) await null; }
      export const jobs = () => { const f = () => Promise.resolve().then(f).catch(f); return f(); };
      export async function* endless() { for (;;) { await new Promise((r) => setTimeout(r, 5)); yield 1; } }
      export const native = () => { const a = []; a.length = 1e9; return a.join(""); };
      export const regex = () => /^(a+)+$/.test("a".repeat(60) + "b");`;
    const names = ["spin", "caught", "hang", "churn", "jobs", "endless", "native", "regex"];
    for (const name of names) {
      const sandbox = await bench.load(source);
      const call = observe(sandbox, name, { limits: { timeoutMs: 400 } });
      const failure = await failureOf(call.report);
      assert.deepEqual([failure.code, failure.stage], ["deadline_exceeded", "execute"], name);
      assert.deepEqual(failure.details, { limit: "timeoutMs", allowed: 400 }, name);
    }
  },

  "a heap that is full ends the call": async (bench) => {
    const sandbox = await bench.load(`
      export function fill() { const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length)); }
      export function text() { const kept = []; for (;;) kept.push("xé".repeat(1e6)); }
      export const get = () => 1;`);
    const neighbour = observe(sandbox, "get");
    for (const name of ["fill", "text"]) {
      const failure = await failureOf(observe(sandbox, name).report);
      assert.deepEqual([failure.code, failure.stage], ["resource_limit", "execute"], name);
      assert.deepEqual(failure.details, { limit: "memoryBytes", allowed: 64 * MIB });
    }
    // What one instance ran out of, others still have.
    assert.equal((await neighbour.report).output, 1);
    assert.equal(await answerOf(sandbox, "get"), 1);
  },

  "a tool that asks and never reads the answers is ended or held": async (bench) => {
    const sandbox = await bench.load(`
      export async function flood() {
        for (;;) { fetch("https://a.example/").catch(() => {}); await null; }
      }
      export const get = () => 1;`);
    const call = observe(sandbox, "flood", { limits: { timeoutMs: 3_000 } });
    const failure = await failureOf(call.report);
    assert.match(failure.code, /^(?:deadline_exceeded|resource_limit)$/);
  },

  "buffers beside the heap are bounded too": async (bench) => {
    const sandbox = await bench.load(`
      export function fill() {
        const kept = [];
        for (let n = 0; n < 1000; n++) kept.push(new Uint8Array(${MIB}).fill(1));
        return kept.length;
      }`);
    const failure = await failureOf(observe(sandbox, "fill").report);
    assert.deepEqual(failure.details, { limit: "memoryBytes", allowed: 64 * MIB });
  },
};
