import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { isPackageName, parsePackageSpecifier } from "./package_name.ts";

Deno.test("isPackageName() knows npm's grammar", () => {
  const good = ["ms", "JSONStream", "a.b", "a_b", "-", "@s/n", "@tpmjs/tools-x", "x".repeat(214)];
  const bad = [
    "",
    ".",
    "..",
    ".a",
    "_a",
    "@s",
    "@/n",
    "@s/",
    "@s/n/x",
    "@../x",
    "@s/..",
    "a/b",
    "a b",
    "a%2fb",
    "a\\b",
    "a?b",
    "a#b",
    "a@1",
    "é",
    "a\n",
    "a\0",
    "node_modules",
    "NODE_MODULES",
    "favicon.ico",
    "x".repeat(215),
  ];
  for (const name of good) assert.ok(isPackageName(name), name);
  for (const name of bad) assert.ok(!isPackageName(name), name);
});

Deno.test("parsePackageSpecifier() splits off a subpath", () => {
  assert.deepEqual(parsePackageSpecifier("ms"), { name: "ms", subpath: "." });
  assert.deepEqual(parsePackageSpecifier("lodash/fp/get.js"), {
    name: "lodash",
    subpath: "./fp/get.js",
  });
  assert.deepEqual(parsePackageSpecifier("@s/n/sub"), { name: "@s/n", subpath: "./sub" });
});

Deno.test("parsePackageSpecifier() refuses everything else", () => {
  const bad = [
    "../x",
    "./x",
    "/x",
    "x/",
    "x//y",
    "x/../../y",
    "x/./y",
    "npm:x",
    "jsr:@a/b",
    "file:x",
    "git+ssh://x/y",
    "https://example.com/x.tgz",
    "x@1.0.0",
    "x/y?z",
    "x/y%2e%2e",
    "__proto__",
    `x/${"y/".repeat(400)}z`,
  ];
  for (const specifier of bad) {
    assert.throws(
      () => parsePackageSpecifier(specifier),
      (error) => error instanceof AirlockError && error.code === "invalid_input",
      specifier,
    );
  }
});
