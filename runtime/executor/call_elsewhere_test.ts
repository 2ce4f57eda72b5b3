import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import type { Elsewhere } from "../../spec/elsewhere.ts";
import type { CallContext, Executor } from "../../spec/execution.ts";
import { callElsewhere } from "./call_elsewhere.ts";

const REQUEST = { packageName: "other", name: "echo", params: {}, env: {} };
const CONTEXT: CallContext = {
  ...{ tenant: "ten_a", requestId: "req_1", signal: new AbortController().signal },
};

const HERE: Executor = { execute: () => Promise.reject(new Error("ran here")) };

function execute(run: Elsewhere["run"]) {
  const context = { ...CONTEXT, elsewhere: { source: "mcp", run } as const };
  return callElsewhere(HERE, "rlimits").execute(REQUEST, context);
}

Deno.test("callElsewhere() makes calls of that kind there, and all others here", async () => {
  const answered = await execute((signal) => {
    assert.equal(signal, CONTEXT.signal);
    return Promise.resolve({ output: { a: 1 }, failure: null });
  });
  assert.ok(answered.success);
  assert.deepEqual(answered.output, { a: 1 });
  await assert.rejects(callElsewhere(HERE, "rlimits").execute(REQUEST, CONTEXT), /ran here/);
});

Deno.test("callElsewhere() never rejects, and tells nothing of what nobody foresaw", async () => {
  const cases = [
    [
      () => Promise.resolve({ output: null, failure: "no such city" }),
      "tool_error",
      /no such city/,
    ],
    [
      () => Promise.reject(new AirlockError("deadline_exceeded", "late")),
      "deadline_exceeded",
      /late/,
    ],
    [() => Promise.reject(new Error("secret inside")), "internal", /^(?!.*secret)/],
  ] as const;
  for (const [run, code, words] of cases) {
    const result = await execute(run);
    assert.ok(!result.success);
    assert.equal(result.code, code);
    assert.match(result.error, words);
  }
});
