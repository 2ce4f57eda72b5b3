import assert from "node:assert/strict";
import { nestsDeeperThan } from "./nests_deeper_than.ts";

Deno.test("nestsDeeperThan() counts brackets outside strings", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.equal(nestsDeeperThan(nested(64), 64), false);
  assert.equal(nestsDeeperThan(nested(65), 64), true);
  assert.equal(nestsDeeperThan('{"a":'.repeat(65) + "1" + "}".repeat(65), 64), true);
  assert.equal(nestsDeeperThan(JSON.stringify("[".repeat(500)), 64), false);
  assert.equal(nestsDeeperThan(JSON.stringify('\\"' + "[".repeat(500)), 64), false);
  assert.equal(nestsDeeperThan(`[${"[],".repeat(500)}1]`, 64), false);
  assert.equal(nestsDeeperThan("[".repeat(65), 64), true);
});
