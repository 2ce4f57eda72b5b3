import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Secret } from "./secret.ts";

Deno.test("Secret() shows a mask however it is printed", () => {
  const secret = new Secret("hunter2-hunter2");
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    Deno.inspect({ secret }),
    inspect({ secret }, { showHidden: true }),
  ];
  for (const text of printed) {
    assert.ok(!text.includes("hunter2"), text);
    assert.match(text, /\*{8}/);
  }
  assert.equal(secret.reveal(), "hunter2-hunter2");
  assert.equal(Object.values(secret).length, 0);
});
