import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { tokenHeader } from "./token_header.ts";

Deno.test("tokenHeader() makes one header of a token, and never two", async () => {
  assert.deepEqual(tokenHeader({}), []);
  assert.deepEqual(tokenHeader({ token: "a b~!" }), [["authorization", "Bearer a b~!"]]);
  for (const token of ["", "a\r\nx-other: b", "a\n", "a\0", "a\tb", "a\x7f", "é", "💥", "\u0430"]) {
    const made = Promise.try(() => tokenHeader({ token }));
    const { message, suggestion } = await failsWith(made, { code: "invalid_input" });
    assert.ok(suggestion !== undefined && !message.includes("other"), JSON.stringify(token));
  }
});
