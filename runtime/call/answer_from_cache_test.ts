import assert from "node:assert/strict";
import { CALL_POLICY, callWorld } from "../../tests/support/call_world.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { EgressRecord } from "../../spec/egress.ts";
import type { CallContext, ExecutionRequest } from "../../spec/execution.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { Sandbox } from "../../spec/sandbox.ts";
import { ResultCache } from "../cache/result_cache.ts";
import { createResultKeys } from "../cache/result_keys.ts";
import type { CallTools } from "./call.ts";

const PURE = { needs: { pure: true }, env: [] } as const;

/** Counts what really runs; each run answers with its number. */
function cachingWorld(
  change: Parameters<typeof callWorld>[0] & { isPublic?: boolean; onRun?: Sandbox["invoke"] } = {},
) {
  const runs: unknown[] = [];
  const invoke: Sandbox["invoke"] = async (invocation, host) => {
    runs.push(invocation.params);
    const output = runs.length;
    await change.onRun?.(invocation, host);
    return { output, toolMs: 1, droppedLogBytes: 0 };
  };
  const { call } = callWorld({
    manifest: PURE,
    results: {
      cache: new ResultCache({ maxBytes: 1e6, ttlMs: 1000, nowMs: () => 0 }),
      keys: createResultKeys(() => change.isPublic ?? true),
    },
    invoke,
    ...change,
  });
  /** Output and what the cache did. */
  const ask = async (
    request: Partial<ExecutionRequest> = {},
    context: Partial<CallContext> = {},
  ) => {
    const result = await call({ env: {}, ...request }, context);
    return [result.success ? result.output : result.code, result.meta.cache];
  };
  return { runs, ask };
}

const inQuickjs: CallTools["select"] = () => ({
  runtime: "quickjs",
  fallbacks: [],
  refusals: [],
});

Deno.test("answerFromCache() answers equal calls of a pure tool with one result", async () => {
  const { ask, runs } = cachingWorld();
  assert.deepEqual(await ask({ params: { a: 1, b: [2] } }), [1, "miss"]);
  assert.deepEqual(await ask({ params: { b: [2], a: 1 } }), [1, "hit"]);
  assert.deepEqual(await ask({ params: { a: 1, b: ["2"] } }), [2, "miss"]);
  assert.deepEqual(await ask({ params: { a: 1, b: [2] }, cache: false }), [3, "off"]);
  assert.deepEqual(await ask({ params: { a: 1, b: [2] }, isolation: "per-call" }), [4, "off"]);
  assert.equal(runs.length, 4);
});

Deno.test("answerFromCache() tells calls apart by all that a result may depend on", async () => {
  const differing: Partial<ExecutionRequest>[] = [
    {},
    { name: "default" },
    { params: { a: 1 } },
    { env: { TOKEN: "1" } },
    { env: { TOKEN: "2" } },
    { runtime: "deno" },
    { permissions: { net: "public" } },
    { permissions: { net: ["a.example"] } },
    { limits: { outputBytes: 10 } },
  ];
  const { ask, runs } = cachingWorld({
    policy: { ...CALL_POLICY, permissionCeiling: { net: "public", netDirect: [], fs: "none" } },
  });
  for (const request of differing) assert.equal((await ask(request))[1], "miss");
  for (const request of differing) assert.equal((await ask(request))[1], "hit");
  assert.equal(runs.length, differing.length);
});

Deno.test("answerFromCache() leaves tools alone that do not say that they are pure", async () => {
  const { ask, runs } = cachingWorld({ manifest: { env: [] } });
  assert.deepEqual(await ask(), [1, "off"]);
  assert.deepEqual(await ask({ cache: true }), [2, "miss"]);
  assert.deepEqual(await ask({ cache: true }), [2, "hit"]);
  assert.deepEqual(await ask({ cache: true }, { tenant: "other" }), [3, "miss"]);
  assert.equal(runs.length, 3);
});

Deno.test("answerFromCache() shares between tenants only what nobody could have tampered with", async () => {
  const strangers = { tenant: "other" };
  const shared = cachingWorld({ select: inQuickjs });
  assert.deepEqual(await shared.ask(), [1, "miss"]);
  assert.deepEqual(await shared.ask({}, strangers), [1, "hit"]);
  const record: EgressRecord = {
    ...{ method: "GET", host: "h", outcome: 200, requestBytes: 0, responseBytes: 0 },
    durationMs: 1,
  };
  const kept: [string, Parameters<typeof cachingWorld>[0], Partial<ExecutionRequest>][] = [
    ["a private package", { select: inQuickjs, isPublic: false }, {}],
    ["a call with env", { select: inQuickjs }, { env: { TOKEN: "1" } }],
    ["an instance that others of the tenant used", { start: "preloaded" }, {}],
    ["an instance that others may use meanwhile", { start: "blank" }, {}],
    ["not declared pure", { select: inQuickjs, manifest: { env: [] } }, { cache: true }],
    ["egress", {
      select: inQuickjs,
      openEgress: () => ({
        request: () => Promise.reject(new Error("no network here")),
        ...{ records: () => [record], close: () => {} },
      }),
    }, { cache: true }],
  ];
  for (const [why, world, request] of kept) {
    const { ask } = cachingWorld(world);
    assert.deepEqual(await ask(request), [1, "miss"], why);
    assert.deepEqual(await ask(request), [1, "hit"], why);
    assert.deepEqual(await ask(request, strangers), [2, "miss"], why);
  }
  const alone = cachingWorld({ start: "new", policy: { ...CALL_POLICY, callConcurrency: 1 } });
  assert.deepEqual(await alone.ask(), [1, "miss"]);
  assert.deepEqual(await alone.ask({}, strangers), [1, "hit"]);
});

Deno.test("answerFromCache() keeps no failure, no stream, and nothing of a pure tool that went out", async () => {
  const failing = cachingWorld({
    onRun: () => Promise.reject(new AirlockError("tool_error", "threw")),
  });
  assert.deepEqual(await failing.ask(), ["tool_error", "miss"]);
  assert.deepEqual(await failing.ask(), ["tool_error", "miss"]);
  assert.equal(failing.runs.length, 2);
  const streaming = cachingWorld({
    onRun: (_invocation, host) => {
      host.onChunk("part");
      return Promise.resolve({ output: null, toolMs: 0, droppedLogBytes: 0 });
    },
  });
  assert.deepEqual(await streaming.ask(), [1, "miss"]);
  assert.deepEqual(await streaming.ask(), [2, "miss"]);
});

Deno.test("answerFromCache() runs equal calls at the same time once", async () => {
  const gate = Promise.withResolvers<void>();
  const { ask, runs } = cachingWorld({
    onRun: async () => {
      await gate.promise;
      return { output: null, toolMs: 0, droppedLogBytes: 0 };
    },
  });
  const abort = new AbortController();
  const calls = [ask(), ask(), ask(), ask({}, { tenant: "other" })];
  const impatient = ask({}, { signal: abort.signal });
  await new Promise((resolve) => setTimeout(resolve, 5));
  abort.abort();
  assert.deepEqual(await impatient, ["deadline_exceeded", "miss"]);
  gate.resolve();
  assert.deepEqual(await Promise.all(calls), [[1, "miss"], [1, "hit"], [1, "hit"], [2, "miss"]]);
  assert.equal(runs.length, 2);
});

Deno.test("answerFromCache() lets those who waited run for themselves where nothing was kept", async () => {
  let failures = 1;
  const { ask, runs } = cachingWorld({
    onRun: async () => {
      await Promise.resolve();
      if (failures-- > 0) throw new AirlockError("resource_limit", "memory");
      return { output: null, toolMs: 0, droppedLogBytes: 0 };
    },
  });
  const [first, second, third] = await Promise.all([ask(), ask(), ask()]);
  assert.deepEqual(first, ["resource_limit", "miss"]);
  assert.deepEqual([second?.[0], third?.[0]], [2, 3]);
  assert.equal(runs.length, 3);
});

Deno.test("answerFromCache() keeps nothing for parameters too deep to be told apart", async () => {
  let deep: JsonValue = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  const { ask } = cachingWorld();
  assert.deepEqual(await ask({ params: deep }), [1, "off"]);
  assert.deepEqual(await ask({ params: deep }), [2, "off"]);
});
