import assert from "node:assert/strict";
import { withQueryToken } from "./with_query_token.ts";

function keyOf(query: string, headers: Record<string, string> = {}) {
  const request = new Request(`http://127.0.0.1/api/bridge${query}`, { headers });
  return withQueryToken(request).get("authorization");
}

Deno.test("withQueryToken() takes a key of the address where no header has one", () => {
  assert.equal(keyOf("?token=k"), "Bearer k");
  assert.equal(keyOf(""), null);
  assert.equal(keyOf("?token=k", { authorization: "Bearer other" }), "Bearer other");
  assert.equal(keyOf("?token=k", { "x-api-key": "other" }), null);
  // Not nobody, but somebody whose key is wrong.
  for (const wrong of ["", "%0d%0ax: y", "%00", "%E2%82%AC"]) {
    assert.match(keyOf(`?token=${wrong}`) ?? "", /^Bearer/, wrong);
  }
});
