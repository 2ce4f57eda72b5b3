import assert from "node:assert/strict";
import { anonymousCaller, keyCaller } from "../../tests/support/callers.ts";
import type { CallableCollection } from "./callable_collection.ts";
import { findAgentTool } from "./find_agent_tool.ts";
import type { OfferedTool } from "./offered_tool.ts";

const tool = (id: string, more: Partial<OfferedTool> = {}): OfferedTool => ({
  ...{ id, slug: `${id}-echo`, displayName: null, packageName: id, version: "1.0.0" },
  ...{ name: "echo", source: "npm", ownerId: null, visibility: "public", ...more },
});

const collection = (id: string, tools: readonly OfferedTool[]): CallableCollection => ({
  ...{ id, ownerId: "ten_a", visibility: "public", executor: null, tools },
  defaults: { permissions: {}, limits: {} },
});

const CALLER = keyCaller();

Deno.test("findAgentTool() takes the first collection that has it, its own tools last", () => {
  const collections = [collection("col_1", [tool("a")]), collection("col_2", [tool("a")])];
  const agent = { tools: [tool("a"), tool("b")] };
  const find = (name: string) => findAgentTool(CALLER, { agent, collections, tool: name });
  assert.equal(find("a").collectionId, "col_1");
  assert.equal(find("a-echo").collectionId, "col_1");
  assert.equal(find("b").collectionId, null);
  assert.throws(() => find("c"), { code: "tool_not_found" });
});

Deno.test("findAgentTool() goes by display names where they say which", () => {
  const named = (id: string, displayName: string) => tool(id, { displayName });
  const collections = [
    collection("col_1", [named("a", "Say"), named("b", "Both")]),
    collection("col_2", [named("a", "Say"), named("c", "Both")]),
  ];
  const find = (name: string) =>
    findAgentTool(CALLER, { agent: { tools: [] }, collections, tool: name });
  assert.equal(find("Say").collectionId, "col_1", "one and the same tool");
  assert.throws(() => find("Both"), { code: "conflict" });
});

Deno.test("attack: findAgentTool() offers no private tool of others", () => {
  const hidden = tool("a", { ownerId: "ten_b", visibility: "private" });
  const agent = { tools: [hidden] };
  const collections = [collection("col_1", [hidden])];
  for (const caller of [CALLER, anonymousCaller({ scopes: new Set(["tools:execute"]) })]) {
    assert.throws(() => findAgentTool(caller, { agent, collections, tool: "a" }), {
      code: "tool_not_found",
    });
  }
  const owner = keyCaller({ tenant: "ten_b" });
  assert.equal(findAgentTool(owner, { agent, collections, tool: "a" }).id, "a");
});
