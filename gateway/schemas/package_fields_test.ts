import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { packageFields, present } from "./package_fields.ts";

const schema = z.object(packageFields);

function accepts(fields: Record<string, unknown>): boolean {
  return schema.safeParse({ packageName: "a", ...fields }).success;
}

Deno.test("packageFields takes names that npm takes, with subpaths", () => {
  const names = [
    "a",
    "left-pad",
    "@scope/name",
    "lodash/get",
    "@scope/name/deep/path.js",
    "JSONStream",
    "~tilde",
    "a".repeat(214),
  ];
  for (const packageName of names) assert.ok(accepts({ packageName }), packageName);
});

Deno.test("packageFields refuses names that are paths, URLs or nothing", () => {
  const names = [
    "",
    ".",
    "..",
    "../a",
    "a/../b",
    "a/./b",
    "a//b",
    "/a",
    "a/",
    "@scope",
    "@/name",
    "@scope/",
    "@scope/../x",
    "https://a.example/x.js",
    "file:a",
    "a b",
    "a\n",
    "a\u0000",
    "a\\b",
    "a@1",
    "a?x",
    "a#x",
    "é",
    "a".repeat(215),
    1,
    null,
    ["a"],
  ];
  for (const packageName of names) {
    assert.ok(!accepts({ packageName }), JSON.stringify(packageName));
  }
});

Deno.test("packageFields takes versions, ranges and tags, and no control characters", () => {
  for (const version of ["1.2.3", "^1 || >=2 <3", "latest", null, undefined]) {
    assert.ok(accepts({ version }), String(version));
  }
  for (const version of ["", "1\n2", "1\u0000", "é", "x".repeat(257), 1, {}]) {
    assert.ok(!accepts({ version }), JSON.stringify(version));
  }
});

Deno.test("packageFields knows its sources", () => {
  for (const source of ["npm", "esm", "wasm", "inline", "auto", null]) {
    assert.ok(accepts({ source }));
  }
  for (const source of ["NPM", "git", "", 0]) assert.ok(!accepts({ source }));
});

Deno.test("packageFields bounds importUrl", () => {
  assert.ok(accepts({ importUrl: "x".repeat(2048) }));
  assert.ok(!accepts({ importUrl: "x".repeat(2049) }));
});

Deno.test("present() leaves out null and undefined, and nothing else", () => {
  interface Fields {
    readonly zero?: number;
    readonly no?: boolean;
    readonly empty?: string;
    readonly gone?: string;
    readonly missing?: string;
  }
  const kept = present<Fields>({ zero: 0, no: false, empty: "", gone: null, missing: undefined });
  assert.deepEqual(kept, { zero: 0, no: false, empty: "" });
  assert.deepEqual(Object.keys(kept), ["zero", "no", "empty"]);
});
