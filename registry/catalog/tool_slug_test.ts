import assert from "node:assert/strict";
import { distinctSlug, MAX_SLUG_CHARACTERS, toolSlug } from "./tool_slug.ts";

const TOOL = { source: "npm", packageName: "@scope/web-tools", name: "fetchPage" };

Deno.test("toolSlug() is readable and safe in a path", () => {
  assert.equal(toolSlug(TOOL), "scope-web-tools-fetch-page");
  assert.equal(toolSlug({ ...TOOL, name: "a/../b?c#d" }), "scope-web-tools-a-b-c-d");
  assert.match(toolSlug({ ...TOOL, packageName: "~", name: "工具" }), /^[0-9a-f]{12}$/);
});

Deno.test("distinctSlug() differs where only what slugs leave out does", () => {
  const other = { ...TOOL, name: "fetch-page" };
  assert.equal(toolSlug(other), toolSlug(TOOL));
  assert.notEqual(distinctSlug(other), distinctSlug(TOOL));
  assert.notEqual(distinctSlug({ ...TOOL, source: "esm" }), distinctSlug(TOOL));
  assert.equal(distinctSlug(TOOL), distinctSlug({ ...TOOL }));
});

Deno.test("toolSlug() and distinctSlug() are bounded", () => {
  const long = { ...TOOL, name: "x".repeat(500) };
  assert.equal(toolSlug(long).length, MAX_SLUG_CHARACTERS);
  assert.equal(distinctSlug(long).length, MAX_SLUG_CHARACTERS);
});
