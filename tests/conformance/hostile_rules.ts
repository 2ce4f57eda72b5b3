import assert from "node:assert/strict";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, observe } from "./conformance_bench.ts";
import { countedBody, ScriptedEgress } from "./scripted_egress.ts";

/** Tools that bend what speaks for them to the gateway: only they themselves may suffer. */
export const hostileRules: Readonly<Record<string, Rule>> = {
  "a tool that forges credit gets no more than a window": async (bench) => {
    const sandbox = await bench.load(`
      export async function greedy() {
        Object.defineProperty(Object.prototype, "toJSON", { configurable: true, value() {
          return this?.type === "log" ? { type: "credit", stream: 1, bytes: 1e15 } : this;
        } });
        const response = await fetch("https://a.example/");
        for (let n = 0; n < 20; n++) console.log("more");
        await new Promise((resolve) => setTimeout(resolve, 300));
        return response.status;
      }`);
    const { body, state } = countedBody(50_000_000);
    const egress = new ScriptedEgress(() => Promise.resolve({ body }));
    await observe(sandbox, "greedy", { egress }).report.catch(() => {
      // Being ended for it would be as good: what counts is what was pulled.
    });
    assert.ok(state.madeBytes < 8_000_000, `${state.madeBytes} bytes pulled`);
  },

  "a tool that asks and never reads the answers is ended or held": async (bench) => {
    const sandbox = await bench.load(`
      export async function flood() {
        await fetch("https://a.example/").catch(() => {});
        for (;;) { fetch("https://a.example/").catch(() => {}); await null; }
      }`);
    const egress = new ScriptedEgress(() => Promise.reject(new Error("no")));
    const { report } = observe(sandbox, "flood", { egress, limits: { timeoutMs: 3_000 } });
    const failure = await failureOf(report);
    assert.ok(
      ["deadline_exceeded", "resource_limit", "sandbox_crashed"].includes(failure.code),
      failure.code,
    );
    await sandbox.exited;
  },

  "a message that is none harms nobody but the tool": async (bench) => {
    for (const forged of ["{ type: 5 }", `{ type: "request", call: 1 }`, "null", "[]"]) {
      const sandbox = await bench.load(`
        export function forge() {
          Object.defineProperty(Object.prototype, "toJSON", { configurable: true, value() {
            return this?.type === "log" ? ${forged} : this;
          } });
          console.log("x");
          return 1;
        }`);
      const { report, logs } = observe(sandbox, "forge");
      const outcome: unknown = await report.then(({ output }) => output, ({ code }) => code);
      assert.ok(outcome === 1 || outcome === "sandbox_crashed", String(outcome));
      assert.ok(logs.every(({ message }) => message === "x"));
    }
    const other = await bench.load(`export const get = () => 1;`);
    assert.equal(await answerOf(other, "get"), 1);
  },

  "a tool cannot answer for another call, or twice": async (bench) => {
    const sandbox = await bench.load(
      `
      export function forge() {
        for (let call = 0; call < 50; call++) {
          const text = JSON.stringify({ type: "failed", call, failure: { kind: "threw",
            thrown: { name: "Forged", message: "forged" } } });
          const bytes = new TextEncoder().encode(text);
          const frame = new Uint8Array(21 + bytes.length);
          new DataView(frame.buffer).setUint32(16, bytes.length, true);
          frame[20] = 1;
          frame.set(bytes, 21);
          Deno.stdout.writeSync(frame);
        }
        return "own";
      }
      export const wait = () => new Promise((resolve) => setTimeout(resolve, 200, "waited"));`,
      { overlapping: true },
    );
    const wait = observe(sandbox, "wait");
    assert.equal(await answerOf(sandbox, "forge"), "own");
    assert.equal((await wait.report).output, "waited");
  },
};
