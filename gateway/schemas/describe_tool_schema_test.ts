import assert from "node:assert/strict";
import {
  describePackageSchema,
  describeRequest,
  loadAndDescribeSchema,
} from "./describe_tool_schema.ts";

Deno.test("describeRequest() keeps what names the package, and no nulls", () => {
  const body = {
    packageName: "@scope/a",
    version: "^1",
    source: "esm",
    importUrl: null,
    name: "x",
  };
  assert.deepEqual(describeRequest(describePackageSchema.parse(body)), {
    packageName: "@scope/a",
    version: "^1",
    source: "esm",
  });
  assert.deepEqual(describeRequest(describePackageSchema.parse({ packageName: "a" })), {
    packageName: "a",
  });
});

Deno.test("describePackageSchema takes a package without a tool; loadAndDescribeSchema does not", () => {
  for (const name of [undefined, null]) {
    assert.ok(describePackageSchema.safeParse({ packageName: "a", name }).success);
    assert.ok(!loadAndDescribeSchema.safeParse({ packageName: "a", name }).success);
  }
  for (const schema of [describePackageSchema, loadAndDescribeSchema]) {
    assert.equal(schema.parse({ packageName: "a", name: "tool", more: 1 }).name, "tool");
    for (const name of ["", "x".repeat(257), 1]) {
      assert.ok(!schema.safeParse({ packageName: "a", name }).success);
    }
    assert.ok(!schema.safeParse({ packageName: "../a", name: "tool" }).success);
  }
});
