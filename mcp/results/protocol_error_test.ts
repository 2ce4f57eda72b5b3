import assert from "node:assert/strict";
import { AirlockError, ERROR_TABLE, type ErrorCode } from "../../spec/errors.ts";
import { protocolError } from "./protocol_error.ts";

Deno.test("protocolError() has the number of the code's row, and the code in data", () => {
  for (const [code, { mcpCode, retryable }] of Object.entries(ERROR_TABLE)) {
    const error = protocolError(new AirlockError(code as ErrorCode, "call tool: refused"));
    assert.equal(error.code, mcpCode ?? ERROR_TABLE.internal.mcpCode);
    const { code: own, retryable: again } = error.data as { code: string; retryable: boolean };
    assert.deepEqual([own, again], [code, retryable]);
  }
});

Deno.test("protocolError() tells nothing of what nobody foresaw", () => {
  const error = protocolError(new TypeError("password is hunter2"));
  assert.doesNotMatch(JSON.stringify([error.message, error.data]), /hunter2/);
});
