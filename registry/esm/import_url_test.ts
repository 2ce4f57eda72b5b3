import assert from "node:assert/strict";
import { parseImportUrl } from "./import_url.ts";

const ORIGIN = new URL("https://esm.sh/");

Deno.test("parseImportUrl() reads packages at the origin", () => {
  const cases: Record<string, [string, string?, string?]> = {
    "https://esm.sh/ms": ["ms"],
    "https://esm.sh/ms@2.1.3": ["ms", "2.1.3"],
    "https://esm.sh/ms@^2.0.0": ["ms", "^2.0.0"],
    "https://esm.sh/ms@%5E2.0.0": ["ms", "^2.0.0"],
    "https://esm.sh/@tpmjs/hello@latest": ["@tpmjs/hello", "latest"],
    "https://esm.sh/@tpmjs/hello": ["@tpmjs/hello"],
    "https://esm.sh/lodash@4/fp/chunk.js?target=es2022&bundle": ["lodash", "4", "fp/chunk.js"],
    "https://esm.sh/gh@1.0.0": ["gh", "1.0.0"],
  };
  for (const [importUrl, [packageName, version, subpath]] of Object.entries(cases)) {
    assert.deepEqual(parseImportUrl(importUrl, ORIGIN), { packageName, version, subpath });
  }
  const local = new URL("http://127.0.0.1:8080/");
  assert.equal(parseImportUrl("http://127.0.0.1:8080/ms", local).packageName, "ms");
});

Deno.test("parseImportUrl() refuses whatever is not plainly at the origin", () => {
  const urls = [
    "",
    "https://esm.sh",
    "https://esm.sh/",
    "http://esm.sh/ms",
    "HTTPS://esm.sh/ms",
    "https://ESM.sh/ms",
    "https://esm.sh:443/ms",
    "https://esm.sh:8443/ms",
    "https://esm.sh./ms",
    "https://esm.sh.elsewhere.test/ms",
    "https://elsewhere.test/esm.sh/ms",
    "https://esm.sh@elsewhere.test/ms",
    "https://esm.sh:x@elsewhere.test/ms",
    "https://user:secret@esm.sh/ms",
    "https://elsewhere.test#https://esm.sh/ms",
    "https:\\\\esm.sh\\ms",
    "https://esm.sh\\@elsewhere.test/ms",
    "https://esm.sh/\\elsewhere.test/ms",
    "https:/esm.sh/ms",
    "https:esm.sh/ms",
    "//esm.sh/ms",
    " https://esm.sh/ms",
    "https://esm.sh/ms ",
    "https://esm.sh/m\ts",
    "https://esm\u3002sh/ms",
    "https://\u0435sm.sh/ms",
    "https://xn--sm-xkc.sh/ms",
    "https://esm%2esh/ms",
    "file:///etc/passwd",
    "npm:ms",
    "data:text/javascript,1",
    "ms@2.1.3",
  ];
  for (const url of urls) {
    assert.throws(() => parseImportUrl(url, ORIGIN), { code: "invalid_input" }, url);
  }
});

Deno.test("parseImportUrl() refuses paths and options that mean more than a package", () => {
  const paths = [
    "//elsewhere.test/ms",
    "../ms",
    "./ms",
    "ms/../evil",
    "ms/%2e%2e/evil",
    "ms//x",
    "ms@1.0.0&deps=react@18/x",
    "ms@%26",
    "ms@%",
    "ms@%2f..%2fevil",
    "*ms",
    "%6ds",
    "gh/user/repo",
    "jsr/@std/fs",
    "pr/user/repo@abc",
    "v135/ms@2.1.3",
    "node/process.mjs",
    "ms@2.1.3#x",
    "ms@2.1.3?deps=react@18",
    "ms@2.1.3?alias=react:evil",
    "ms@2.1.3?target=denonext&external=react",
    "@scope",
    "@scope/",
    "ms\u202e",
    `ms/${"x".repeat(3_000)}`,
  ];
  for (const path of paths) {
    assert.throws(
      () => parseImportUrl(`https://esm.sh/${path}`, ORIGIN),
      { code: "invalid_input", stage: "request" },
      path,
    );
  }
});
