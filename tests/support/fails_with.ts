import assert from "node:assert/strict";
import { AirlockError, type ErrorCode } from "../../spec/errors.ts";

/** Waits for the promise to reject with an {@linkcode AirlockError} of `code`, and returns that. */
export async function failsWith(
  promise: Promise<unknown>,
  expected: { readonly code: ErrorCode; readonly step?: string },
): Promise<AirlockError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof AirlockError, `expected ${expected.code}, got ${outcome}`);
  assert.equal(outcome.code, expected.code, outcome.message);
  if (expected.step !== undefined) {
    assert.equal(outcome.details["step"], expected.step, outcome.message);
  }
  assert.ok(outcome.suggestion !== undefined && outcome.stage !== undefined);
  return outcome;
}
