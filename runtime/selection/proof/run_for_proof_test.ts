import assert from "node:assert/strict";
import { sampleManifest } from "../../../tests/support/sample_artifact.ts";
import { DEFAULT_LIMITS } from "../../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../../spec/permissions.ts";
import type { JsonValue } from "../../../spec/json.ts";
import type { ToolDefinition } from "../../../spec/tool.ts";
import type { InvocationHost, Sandbox } from "../../../spec/sandbox.ts";
import type { PoolRequest } from "../../pool/pool_request.ts";
import type { SandboxPool } from "../../pool/sandbox_pool.ts";
import { type ProofRunTools, runForProof } from "./run_for_proof.ts";

function world(
  invoke: Sandbox["invoke"],
  call: { tool?: Partial<ToolDefinition>; params?: JsonValue } = {},
) {
  const requests: PoolRequest[] = [];
  const noted: unknown[] = [];
  const state = { egress: [] as unknown[], closed: 0 };
  const pool: Pick<SandboxPool, "run"> = {
    async run(request, use) {
      requests.push(request);
      const value = await use({ invoke } as Sandbox);
      return { value, start: "new", acquireMs: 1, loadMs: 2 };
    },
  };
  const tools: ProofRunTools = {
    pools: new Map([["deno", pool as SandboxPool], ["quickjs", pool as SandboxPool]]),
    openEgress: (grant) => {
      assert.equal(grant, "none");
      return {
        request: () => Promise.reject(new Error("nothing is granted")),
        records: () => state.egress,
        close: () => void (state.closed += 1),
      };
    },
    note: (digest, sample) => noted.push([digest, sample]),
    instancePerCall: new Set(["quickjs"]),
    loadTimeoutMs: 5,
    limitsOf: () => ({ ...DEFAULT_LIMITS, memoryBytes: 7, timeoutMs: 999_999 }),
  };
  const run = (runtime: "deno" | "quickjs" | "extism", tenant: string | null) =>
    runForProof({
      artifact: {
        digest: "d",
        codeDirectory: "/code",
        manifest: sampleManifest({ tools: [{ ...sampleManifest().tools[0]!, ...call.tool }] }),
        lock: { packages: {}, modules: {} },
        sizeBytes: 1,
      },
      ...{
        tool: "echo",
        params: call.params ?? 1,
        tenant,
        runtime,
        signal: new AbortController().signal,
      },
    }, tools);
  return { requests, noted, state, run };
}

const answer: Sandbox["invoke"] = () =>
  Promise.resolve({ output: "out", toolMs: 3, droppedLogBytes: 0 });

Deno.test("runForProof() passes arguments as calls do", async () => {
  const passed: JsonValue[] = [];
  const { run } = world((invocation, host) => {
    passed.push(invocation.params);
    return answer(invocation, host);
  }, { tool: { positional: ["a", "b"] }, params: { b: 2, a: 1 } });
  await run("deno", "t");
  assert.deepEqual(passed, [[1, 2]]);
});

Deno.test("runForProof() grants nothing, and shares no instance with calls", async () => {
  const { requests, noted, state, run } = world(answer);
  assert.deepEqual(await run("deno", "t"), { output: "out" });
  assert.deepEqual(await run("quickjs", "t"), { output: "out" });
  assert.deepEqual(requests.map(({ reuse, tenant }) => [reuse, tenant]), [
    ["per-call", "t"],
    ["keep", "t"],
  ]);
  for (const { need, unit } of requests) {
    assert.deepEqual(need.permissions, NO_PERMISSIONS);
    assert.deepEqual(unit.env, {});
    assert.equal(need.limits.memoryBytes, 7, "what policy allows, whatever the package declares");
    assert.ok(need.limits.timeoutMs <= 10_000);
  }
  assert.equal(state.closed, 2);
  assert.deepEqual(noted, [
    ["d", { runtime: "quickjs", startMs: 3, toolMs: 3, cold: true }],
  ]);
});

Deno.test("runForProof() runs examples for no tenant that there can be", async () => {
  const { requests, run } = world(answer);
  await run("deno", null);
  assert.ok(requests[0]?.tenant.startsWith("\0"));
});

Deno.test("runForProof() rejects for nothing, and learns nothing where the network was wanted", async () => {
  const failing = await world(() => Promise.reject(new TypeError("no"))).run("deno", null);
  assert.ok("error" in failing && failing.error instanceof TypeError);
  assert.ok("error" in await world(answer).run("extism", null));
  const state: { egress: unknown[] } = { egress: [] };
  const wanting = world((_invocation, _host: InvocationHost) => {
    state.egress.push("asked");
    return answer(_invocation, _host);
  });
  state.egress = wanting.state.egress;
  assert.ok("error" in await wanting.run("quickjs", null));
  assert.deepEqual(wanting.noted, []);
});
