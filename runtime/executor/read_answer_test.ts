import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { readAnswer } from "./read_answer.ts";

function failed(status: number, body: object): AirlockError {
  const answer = readAnswer(status, JSON.stringify({ success: false, ...body }));
  assert.equal(answer.success, false);
  return answer.success ? assert.fail() : answer.error;
}

Deno.test("readAnswer() takes what older executors say", () => {
  assert.deepEqual(readAnswer(200, '{"success":true,"output":{"a":[1]},"executionTimeMs":3}'), {
    success: true,
    output: { a: [1] },
    version: null,
  });
  assert.deepEqual(readAnswer(200, '{"success":true}'), {
    success: true,
    output: null,
    version: null,
  });
  const { code, message } = failed(200, { error: "it threw" });
  assert.deepEqual({ code, message }, { code: "tool_error", message: "it threw" });
  assert.equal(failed(500, { error: "no such module" }).code, "upstream_failed");
});

Deno.test("readAnswer() keeps code, advice and version of an executor like ours", () => {
  const error = failed(504, {
    error: "too slow",
    code: "deadline_exceeded",
    suggestion: "ask for more",
    retryable: false,
    retryAfterMs: 20,
    meta: { version: "1.2.3", logs: 7 },
  });
  assert.equal(error.code, "deadline_exceeded");
  assert.equal(error.suggestion, "ask for more");
  assert.equal(error.retryable, false);
  assert.equal(error.retryAfterMs, 20);
  const answer = readAnswer(200, '{"success":true,"output":1,"meta":{"version":"1.2.3"}}');
  assert.equal(answer.version, "1.2.3");
});

Deno.test("readAnswer() does not blame callers for what is between us and the executor", () => {
  for (const code of ["unauthenticated", "rate_limited", "internal"]) {
    assert.equal(failed(401, { error: "no", code }).code, "upstream_failed");
  }
  assert.equal(failed(401, { error: "no" }).code, "upstream_failed");
});

Deno.test("readAnswer() refuses what is not of the contract", () => {
  for (const text of ["", "<html>", "null", "[]", "{}", '{"success":"true"}', '"x"']) {
    assert.throws(() => readAnswer(200, text), (error: unknown) => {
      assert.ok(error instanceof AirlockError);
      return error.code === "upstream_failed" && !error.retryable;
    }, text);
  }
  // A code that nobody knows is not passed on.
  assert.equal(failed(418, { error: "x", code: "teapot" }).code, "upstream_failed");
  assert.equal(failed(418, { error: "x", code: "toString" }).code, "upstream_failed");
});
