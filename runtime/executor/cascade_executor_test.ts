import assert from "node:assert/strict";
import type { CallGrant } from "../../spec/call_grant.ts";
import type { ExecutionRequest, Executor } from "../../spec/execution.ts";
import { CallRecord } from "../call_record.ts";
import { cascadeExecutor } from "./cascade_executor.ts";

const REQUEST: ExecutionRequest = { packageName: "p", name: "echo", params: {}, env: {} };

function saying(output: string): Executor {
  const record = new CallRecord({ requestId: "r", isolation: "permissions" });
  return { execute: () => Promise.resolve(record.success(output)) };
}

Deno.test("cascadeExecutor() runs calls here unless their grant names another executor", async () => {
  const executor = cascadeExecutor(saying("here"), ({ url }) => saying(url));
  const runs = async (grant?: CallGrant, more: Partial<ExecutionRequest> = {}) => {
    const { signal } = new AbortController();
    const request = { ...REQUEST, ...more };
    const result = await executor.execute(request, { tenant: "t", requestId: "r", signal, grant });
    return result.success ? result.output : result.code;
  };
  assert.equal(await runs(), "here");
  assert.equal(await runs({}), "here");
  assert.equal(await runs({ executor: { kind: "local" } }), "here");
  const there = { executor: { kind: "remote", url: "https://there" } } as const;
  assert.equal(await runs(there), "https://there");
  // Elsewhere, what was brought here would be somebody's package of that name.
  assert.equal(await runs(there, { source: "inline" }), "here");
});
