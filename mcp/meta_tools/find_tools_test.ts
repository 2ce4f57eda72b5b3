import assert from "node:assert/strict";
import { FakeMcpSource } from "../../tests/support/fake_mcp.ts";
import { keyCaller } from "../../tests/support/callers.ts";
import { findTools } from "./find_tools.ts";

Deno.test("findTools() puts tools first that have the words in their names", async () => {
  const source = new FakeMcpSource([
    { toolName: "htmlToMarkdown", description: "Converts pages" },
    { toolName: "fetchPage", description: "Gets a page as markdown" },
    { toolName: "sum", description: "Adds numbers", displayName: "Calculator" },
  ]);
  const listed = await source.listTools({ caller: keyCaller(), collectionId: null });
  const tools = listed.map((tool) => ({ name: tool.toolName, wanted: null, tool, source }));
  const found = (query: string, limit = 10) =>
    findTools(tools, { query, limit }).map(({ name }) => name);
  assert.deepEqual(found("markdown"), ["htmlToMarkdown", "fetchPage"]);
  assert.deepEqual(found("calculator"), ["sum"]);
  assert.deepEqual(found("pages"), ["fetchPage", "htmlToMarkdown"]);
  assert.deepEqual(found("zebra"), []);
  assert.deepEqual(found("", 2), ["htmlToMarkdown", "fetchPage"]);
});
