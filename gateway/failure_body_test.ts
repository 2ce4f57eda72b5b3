import assert from "node:assert/strict";
import { AirlockError, ERROR_TABLE, type ErrorCode } from "../spec/errors.ts";
import { failureBody, failureOf } from "./failure_body.ts";

const CODES = Object.keys(ERROR_TABLE).filter((name): name is ErrorCode => name in ERROR_TABLE);

function bodyOf(error: AirlockError) {
  return failureBody(failureOf(error, 1.5), { requestId: "r" });
}

Deno.test("failureBody() says the same to readers of problem+json and of the executor contract", () => {
  for (const code of CODES) {
    const body = bodyOf(new AirlockError(code, "do thing: state", { stage: "load" }));
    assert.equal(body.type, `urn:airlock:error:${code}`);
    assert.deepEqual([body.detail, body.success], [body.error, false]);
    assert.equal(body.status, ERROR_TABLE[code].httpStatus);
    assert.equal(body.retryable, ERROR_TABLE[code].retryable);
    assert.match(body.title, /^[A-Z][a-z ]+$/);
  }
});

Deno.test("failureBody() believes the error where it differs from its code's row", () => {
  const crashed = new AirlockError("sandbox_crashed", "run tool: it lied", { retryable: false });
  assert.equal(bodyOf(crashed).retryable, false);
  const failed = new AirlockError("artifact_failed", "fetch: refused for now", { retryable: true });
  assert.equal(bodyOf(failed).retryable, true);
});

Deno.test("failureBody() keeps what is behind an error behind", () => {
  const text = JSON.stringify(
    bodyOf(new AirlockError("internal", "m", { cause: new Error("s3cret at /srv/file.ts") })),
  );
  assert.doesNotMatch(text, /s3cret|srv|stack|cause/);
});

Deno.test("failureBody() leaves out details that are empty, and takes HTTP's own status", () => {
  assert.equal(bodyOf(new AirlockError("internal", "m")).details, undefined);
  const error = new AirlockError("invalid_input", "m", { details: { member: "a" } });
  assert.deepEqual(bodyOf(error).details, { member: "a" });
  assert.equal(failureBody(failureOf(error, 0), { requestId: "r", status: 415 }).status, 415);
});
