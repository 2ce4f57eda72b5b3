import assert from "node:assert/strict";
import { describeDifference } from "./describe_difference.ts";

Deno.test("describeDifference() shows what differs with a little around it", () => {
  const diff = describeDifference({ a: 1, b: { c: [1, 2], d: "x" }, e: 0 }, {
    ...{ a: 1, b: { c: [1, 3], d: "x" }, e: 0 },
  });
  assert.equal(diff, '    "c": [\n     1,\n-    2\n+    3');
  assert.equal(describeDifference(1, "1"), '- 1\n+ "1"');
  assert.equal(describeDifference([1], [1, 2]), "  [\n-  1\n+  1,\n+  2");
});

Deno.test("describeDifference() is short whatever the values are", () => {
  const many = Array.from({ length: 5_000 }, (_, index) => index);
  const diff = describeDifference(many, many.map((index) => -1 - index));
  assert.ok(diff.split("\n").length <= 30, diff);
  assert.match(diff, /- … 4988 more lines/);
  assert.ok(describeDifference("x".repeat(1e6), "y".repeat(1e6)).length < 1_000);
});
