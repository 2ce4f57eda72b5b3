import assert from "node:assert/strict";
import { ceilingWithin } from "./ceiling_within.ts";

Deno.test("ceilingWithin() takes the lower of two where both say something", () => {
  const upper = {
    permissions: { net: ["*.example.com"], netDirect: [], fs: "none" },
    limits: { timeoutMs: 1_000, memoryBytes: 100 },
    runtimes: ["deno"],
  } as const;
  const wanted = {
    permissions: { net: ["api.example.com", "evil.test"], netDirect: ["a:1"], fs: "tmp" },
    limits: { timeoutMs: 5_000, logBytes: 10 },
    runtimes: ["deno", "quickjs"],
  } as const;
  assert.deepEqual(ceilingWithin(wanted, upper), {
    permissions: { net: ["api.example.com"], netDirect: [], fs: "none" },
    limits: { timeoutMs: 1_000, memoryBytes: 100, logBytes: 10 },
    runtimes: ["deno"],
  });
});

Deno.test("ceilingWithin() keeps what either side says alone", () => {
  const one = { limits: { timeoutMs: 1 }, runtimes: ["extism"] } as const;
  assert.deepEqual(ceilingWithin({}, one), one);
  assert.deepEqual(ceilingWithin(one, {}), one);
  assert.deepEqual(ceilingWithin({}, {}), {});
});
