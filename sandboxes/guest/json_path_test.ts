import assert from "node:assert/strict";
import { childPath, issuePath } from "./json_path.ts";

Deno.test("childPath() quotes what is no identifier", () => {
  assert.equal(childPath("$", "a"), "$.a");
  assert.equal(childPath("$.a", 3), "$.a[3]");
  assert.equal(childPath("$", 'odd "name"'), '$["odd \\"name\\""]');
  assert.ok(childPath("$", "k".repeat(10_000)).length < 100);
});

Deno.test("issuePath() reads every library's steps", () => {
  assert.equal(issuePath(["a", 0, { key: "b" }]), "$.a[0].b");
  assert.equal(issuePath(undefined), "$");
  assert.equal(issuePath([Symbol("s")]), '$["Symbol(s)"]');
  assert.equal(issuePath(Array(1000).fill("a")), `$${".a".repeat(32)}`);
  const hostile = new Proxy([], {
    get: () => {
      throw new Error("trap");
    },
  });
  assert.equal(issuePath(hostile), "$");
});
