import assert from "node:assert/strict";
import { createPoolKeys } from "./pool_key.ts";
import { poolRequest } from "./testing/pool_fixture.ts";

Deno.test("keyOf() is the same whatever the order of env names and net patterns", () => {
  const { keyOf } = createPoolKeys();
  const need = poolRequest().need;
  const one = poolRequest({
    env: { A: "1", B: "2" },
    need: { ...need, permissions: { net: ["a.example", "b.example"], netDirect: [], fs: "none" } },
  });
  const two = poolRequest({
    env: { B: "2", A: "1" },
    need: { ...need, permissions: { net: ["b.example", "a.example"], netDirect: [], fs: "none" } },
  });
  assert.equal(keyOf(one, "c"), keyOf(two, "c"));
});

Deno.test("keyOf() cannot be made equal by moving text between fields", () => {
  const { keyOf } = createPoolKeys();
  const keys = [
    keyOf(poolRequest({ tenant: 'a","b', artifactDigest: "c" }), "x"),
    keyOf(poolRequest({ tenant: "a", artifactDigest: 'b","c' }), "x"),
    keyOf(poolRequest({ env: { A: "1", B: "2" } }), "x"),
    keyOf(poolRequest({ env: { A: '1","B":"2' } }), "x"),
    keyOf(poolRequest({ env: { A: "" } }), "x"),
    keyOf(poolRequest(), "x"),
    keyOf(poolRequest(), "y"),
  ];
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("keyOf() keeps no environment value, and another pool's keys differ", () => {
  const request = poolRequest({ env: { TOKEN: "hunter2" } });
  const key = createPoolKeys().keyOf(request, "x");
  assert.doesNotMatch(key, /hunter2|TOKEN/);
  assert.notEqual(key, createPoolKeys().keyOf(request, "x"));
});
