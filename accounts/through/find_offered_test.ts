import assert from "node:assert/strict";
import { keyCaller } from "../../tests/support/callers.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CallableCollection } from "./callable_collection.ts";
import type { OfferedTool } from "./offered_tool.ts";
import { findOffered, type ToolNaming } from "./find_offered.ts";

function toolOf(id: string, more: Partial<OfferedTool> = {}): OfferedTool {
  return {
    ...{ id, slug: `${id}-slug`, displayName: null, packageName: `${id}-package`, name: "echo" },
    ...{ version: "1.0.0", source: "npm", ownerId: null, visibility: "public" },
    ...more,
  };
}

function collectionOf(tools: readonly OfferedTool[]): CallableCollection {
  return {
    ...{ id: "col_1", ownerId: "ten_b", visibility: "public", defaults: {}, executor: null },
    tools,
  };
}

const TOOLS = [
  toolOf("one", { displayName: "Say" }),
  toolOf("two", { displayName: "one-slug", name: "shout" }),
  toolOf("three", { displayName: "Twice" }),
  toolOf("four", { displayName: "Twice" }),
  toolOf("hidden", { displayName: "Say", ownerId: "ten_b", visibility: "private" }),
];

function found(naming: ToolNaming, more: Parameters<typeof keyCaller>[0] = {}): string {
  try {
    return findOffered(keyCaller(more), collectionOf(TOOLS), naming).id;
  } catch (error) {
    assert.ok(error instanceof AirlockError);
    return error.code;
  }
}

Deno.test("findOffered() goes by id and slug, then by display names, then by the tools' own", () => {
  for (const tool of ["one", "one-slug", "Say"]) assert.equal(found({ tool }), "one", tool);
  assert.equal(found({ tool: "Twice" }), "conflict");
  assert.equal(found({ tool: "constructor" }), "tool_not_found");
  assert.equal(found({ tool: "shout" }), "two");
  assert.equal(found({ tool: "echo" }), "conflict");
  assert.equal(found({ packageName: "two-package", name: "shout" }), "two");
  assert.equal(found({ packageName: "two-package", name: "other" }), "tool_not_found");
});

Deno.test("findOffered() offers no private tool of another account, whoever's the collection is", () => {
  for (const tool of ["hidden", "hidden-slug"]) assert.equal(found({ tool }), "tool_not_found");
  assert.equal(found({ packageName: "hidden-package", name: "echo" }), "tool_not_found");
  assert.equal(found({ tool: "hidden" }, { tenant: "ten_b" }), "hidden");
  assert.equal(found({ tool: "Say" }, { tenant: "ten_b" }), "conflict");
});

Deno.test("findOffered() offers nothing to keys that may not call, or are held to another", () => {
  assert.equal(found({ tool: "one" }, { scopes: new Set(["tools:read"]) }), "tool_not_found");
  assert.equal(found({ tool: "one" }, { collections: ["col_2"] }), "tool_not_found");
  assert.equal(found({ tool: "one" }, { collections: ["col_1"] }), "one");
});
