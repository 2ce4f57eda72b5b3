import assert from "node:assert/strict";
import { CallRecord } from "../../runtime/call_record.ts";
import type { CallContext, ExecutionResult } from "../../spec/execution.ts";
import { capConcurrency } from "./cap_concurrency.ts";

const REQUEST = { packageName: "p", name: "echo", params: {}, env: {} };

function world() {
  const record = new CallRecord({ requestId: "r", isolation: "permissions" });
  const done = Promise.withResolvers<ExecutionResult>();
  const executor = capConcurrency(
    { execute: () => done.promise },
    (error) => record.failure(error),
  );
  const call = async (tenant: string) => {
    const { signal } = new AbortController();
    const grant = tenant === "local" ? {} : { concurrentCalls: 2 };
    const context: CallContext = { tenant, requestId: "r", signal, grant };
    const result = await executor.execute(REQUEST, context);
    return result.success ? "ran" : result.code;
  };
  return { call, finish: () => done.resolve(record.success(1)), fail: done.reject };
}

Deno.test("capConcurrency() refuses what is one too many, to its own account only", async () => {
  const { call, finish } = world();
  const running = [call("a"), call("a"), call("b")];
  assert.equal(await call("a"), "rate_limited");
  const more = call("b");
  const owner = Array.from({ length: 9 }, () => call("local"));
  finish();
  assert.deepEqual(await Promise.all([...running, more]), ["ran", "ran", "ran", "ran"]);
  assert.deepEqual(new Set(await Promise.all(owner)), new Set(["ran"]));
  assert.equal(await call("a"), "ran", "the places are free again");
});

Deno.test("capConcurrency() frees the place of a call that rejects", async () => {
  const { call, fail } = world();
  const running = [call("a"), call("a")];
  fail(new Error("gone"));
  for (const { status } of await Promise.allSettled(running)) assert.equal(status, "rejected");
  await assert.rejects(call("a"));
});
