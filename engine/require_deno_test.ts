import assert from "node:assert/strict";
import { isSafeDeno, requireDeno } from "./require_deno.ts";

Deno.test("isSafeDeno() compares versions by number, part by part", () => {
  const expected = {
    "2.9.6": true,
    "2.9.10": true,
    "2.10.0": true,
    "3.0.0": true,
    "2.9.6+abc": true,
    "2.9.5": false,
    "2.8.99": false,
    "1.99.99": false,
  };
  for (const [version, safe] of Object.entries(expected)) {
    assert.equal(isSafeDeno(version), safe, version);
  }
});

Deno.test("requireDeno() refuses to start on a version with known escapes", () => {
  requireDeno(Deno.version.deno);
  assert.throws(() => requireDeno("2.9.5"), { code: "no_runtime" });
});
