import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { type AttackOutcome, hasLevel, HostileSandbox } from "../support/hostile_sandbox.ts";
import { makeQuickjsRuntime } from "../support/quickjs_attack_runtime.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";

const level = "bubblewrap";
// A machine may lack the programs that this level needs; CI has them.
const ignore = !await hasLevel(level);
const limits = ATTACK_LIMITS;

/** Ways to fail by oneself that must end one instance, each with the codes it may end with. */
const SPOILERS: Readonly<Record<string, { source: string; codes: readonly string[] }>> = {
  "a heap that grows": {
    source: "() => { const a = []; for (;;) a.push(new Array(1000).fill(a.length)); }",
    codes: ["resource_limit"],
  },
  "buffers that grow": {
    source: "() => { const a = []; for (;;) a.push(new Uint8Array(2 ** 20).fill(1)); }",
    codes: ["resource_limit"],
  },
  "text that grows": {
    source: `() => { const a = []; for (;;) a.push("xé".repeat(1e6)); }`,
    codes: ["resource_limit"],
  },
  "a trap of the engine": {
    source:
      `() => { let a = []; for (let n = 0; n < 1e5; n++) a = [a]; return structuredClone(a); }`,
    codes: ["tool_error", "resource_limit", "sandbox_crashed"],
  },
  "recursion": { source: "() => { const f = () => f() + 1; return f(); }", codes: ["tool_error"] },
  "too large a result": {
    source: `() => "x".repeat(2 ** 21)`,
    codes: ["resource_limit"],
  },
  "a microtask that throws": {
    source:
      `() => { queueMicrotask(() => { throw new Error("stray"); }); return new Promise(() => {}); }`,
    codes: ["tool_error"],
  },
};

/** Goes on throwing and catching until its time is up. */
const ENDLESS_BOMB =
  "() => { const a = []; for (;;) try { for (;;) a.push(new Array(1e4).fill(1)); } catch {} }";

const SOURCE = `
  export const endlessBomb = ${ENDLESS_BOMB};
  ${
  Object.values(SPOILERS).map(({ source }, n) => `export const spoil${n} = ${source};`).join("\n")
}
  export const echo = async ({ n }) => {
    await new Promise((resolve) => setTimeout(resolve, n * 15));
    return { n, fresh: globalThis.left ?? (globalThis.left = "fresh") };
  };`;

Deno.test({
  name: `quickjs, ${level}: what spoils an instance spoils no neighbour in the same process`,
  ignore,
  async fn(test) {
    await using world = await HostileSandbox.open({ level, makeRuntime: makeQuickjsRuntime });
    await using loaded = await world.load(SOURCE, { limits, overlapping: true });
    for (const [index, [name, { codes }]] of Object.entries(SPOILERS).entries()) {
      await test.step(name, async () => {
        const echo = (n: number) => loaded.call({ toolName: "echo", params: { n }, limits });
        const before = [echo(0), echo(4), echo(20)];
        const spoiler = loaded.call({
          toolName: `spoil${index}`,
          limits,
        });
        const after = [echo(1), echo(8)];
        const { error, report } = await spoiler;
        assert.ok(error instanceof AirlockError, `answered ${JSON.stringify(report)}, or ${error}`);
        assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
        for (const [n, outcome] of (await Promise.all(before)).entries()) {
          answered(outcome, [0, 4, 20][n]!);
        }
        for (const [n, outcome] of (await Promise.all(after)).entries()) {
          answered(outcome, [1, 8][n]!);
        }
        answered(await echo(2), 2);
      });
    }
  },
});

Deno.test({
  name:
    `quickjs, ${level}: many bombs at once leave each neighbour a right answer or one to be retried`,
  ignore,
  async fn() {
    await using world = await HostileSandbox.open({ level, makeRuntime: makeQuickjsRuntime });
    for (const spoiler of ["spoil0", "spoil1", "spoil2", "endlessBomb"]) {
      await using loaded = await world.load(SOURCE, { limits, overlapping: true });
      const echo = (n: number) => loaded.call({ toolName: "echo", params: { n }, limits });
      const neighbours = [echo(0), echo(30)];
      const bombs = Array.from(
        { length: 10 },
        () => loaded.call({ toolName: spoiler, limits: { ...limits, timeoutMs: 4_000 } }),
      );
      neighbours.push(echo(1), echo(60));
      for (const { error } of await Promise.all(bombs)) {
        assert.ok(error instanceof AirlockError, String(error));
      }
      for (const [at, outcome] of (await Promise.all(neighbours)).entries()) {
        if (outcome.error === undefined) answered(outcome, [0, 30, 1, 60][at]!);
        else assertRetryable(outcome);
      }
    }
  },
});

function answered({ report, error, logs }: AttackOutcome, n: number): void {
  assert.equal(error, undefined, String(error));
  assert.deepEqual(report?.output, { n, fresh: "fresh" });
  assert.deepEqual(logs, []);
}

function assertRetryable({ error }: AttackOutcome): void {
  assert.ok(error instanceof AirlockError, String(error));
  assert.equal(error.retryable, true, `${error.code}: ${error.message}`);
  assert.equal(error.stage, "execute");
}
