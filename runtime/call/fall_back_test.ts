import assert from "node:assert/strict";
import { callWorld } from "../../tests/support/call_world.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Sandbox } from "../../spec/sandbox.ts";
import type { SandboxPool } from "../pool/sandbox_pool.ts";
import type { CallTools } from "./call.ts";

Deno.test("runWithFallback() falls back once where the runtime failed and nothing was seen", async () => {
  const crash = new AirlockError("sandbox_crashed", "Running: it died", { stage: "execute" });
  const select = () => ({
    runtime: "quickjs" as const,
    fallbacks: ["deno" as const],
    refusals: [{ runtime: "extism" as const, by: "source", reason: "not a plug-in" }],
  });
  const pool = (invoke: Sandbox["invoke"]): SandboxPool => ({
    run: async (_request, use) => ({
      ...{ start: "blank", acquireMs: 1, loadMs: 1 },
      value: await use({ invoke } as Sandbox),
    }),
    ...{ warm: () => Promise.resolve(), drain: () => Promise.resolve() },
    stats: () => assert.fail("nobody asks"),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const answer: Sandbox["invoke"] = () =>
    Promise.resolve({ output: "second", toolMs: 1, droppedLogBytes: 0 });
  const run = (first: Sandbox["invoke"], more: Partial<CallTools> = {}) =>
    callWorld({
      select,
      pools: new Map([["quickjs", pool(first)], ["deno", pool(answer)]]),
      ...more,
    })
      .call();
  const replaced = await run(() => Promise.reject(crash));
  assert.equal(replaced.success && replaced.output, "second");
  assert.equal(replaced.meta.runtime, "deno");
  assert.deepEqual(replaced.meta.refusals.map(({ runtime, by }) => `${runtime} ${by}`), [
    "extism source",
    "quickjs failure",
  ]);
  const lacking = new AirlockError("no_runtime", "Running the tool: it uses node:os cpus", {
    details: { lacking: "node:os cpus" },
  });
  const proved: string[] = [];
  const prove: CallTools["prove"] = (_digest, { runtime, state, diff }) =>
    void proved.push(`${runtime} ${state}: ${diff}`);
  assert.ok((await run(() => Promise.reject(lacking), { prove })).success);
  assert.deepEqual(proved, ["quickjs lacking: it uses something"]);
  const record = {
    ...{ method: "GET", host: "h", outcome: 200, requestBytes: 0, responseBytes: 0 },
    durationMs: 1,
  };
  const spoke: CallTools["openEgress"] = () => ({
    request: () => Promise.reject(new Error("no network here")),
    ...{ records: () => [record], close: () => {} },
  });
  const notAgain: [Sandbox["invoke"], Partial<CallTools>][] = [
    [() => Promise.reject(crash), { openEgress: spoke }],
    [(_call, host) => (host.onChunk(1), Promise.reject(crash)), {}],
    [() => Promise.reject(new AirlockError("tool_error", "threw")), {}],
    [() => Promise.reject(new AirlockError("resource_limit", "memory")), {}],
    [() => Promise.reject(new AirlockError("sandbox_crashed", "exit", { retryable: false })), {}],
    [() => Promise.reject(crash), { select: () => ({ ...select(), fallbacks: [] }) }],
  ];
  for (const [invoke, more] of notAgain) {
    const failed = await run(invoke, more);
    assert.equal(failed.success, false);
    assert.equal(failed.meta.runtime, "quickjs");
  }
});
