import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { fillHeaders } from "./server_headers.ts";

Deno.test("fillHeaders() puts secrets into headers, and makes no other header of them", async () => {
  const headers = { authorization: "Bearer ${TOKEN}", plain: "a" };
  const fill = (token: string) => fillHeaders(headers, { TOKEN: token });
  assert.deepEqual(fill("a b"), { authorization: "Bearer a b", plain: "a" });
  // What a secret holds is not looked at for names again.
  assert.equal(
    fillHeaders(headers, { TOKEN: "${OTHER}", OTHER: "x" }).authorization,
    "Bearer ${OTHER}",
  );
  for (const token of ["a\r\nx-other: b", "a\n", "\0", "a\tb", "\x7f", "é", "💥"]) {
    const filled = Promise.try(() => fill(token));
    const { message } = await failsWith(filled, { code: "invalid_input" });
    assert.ok(/TOKEN/.test(message) && !message.includes("other"), JSON.stringify(token));
  }
  await failsWith(Promise.try(() => fillHeaders(headers, {})), { code: "permission_denied" });
  await failsWith(Promise.try(() => fillHeaders({ a: "${toString}" }, {})), {
    code: "permission_denied",
  });
});
