import assert from "node:assert/strict";
import type { McpSource, McpSourceTool } from "../../spec/mcp_source.ts";
import { toolListing } from "./tool_listing.ts";

const SOURCE: McpSource = {
  listTools: () => Promise.resolve([]),
  callTool: () => Promise.reject(new Error("not called")),
};

function listing(more: Partial<McpSourceTool>, wanted: string | null = null) {
  const tool: McpSourceTool = {
    ...{ key: "tool_1", kind: "npm", sourceName: "@a/b", toolName: "run", version: "1.0.0" },
    ...{ displayName: null, description: "Runs", note: "", inputSchema: null, outputSchema: null },
    ...more,
  };
  return toolListing({ name: "a-b--run", wanted, tool, source: SOURCE });
}

Deno.test("toolListing() shows what the owner of the collection says", () => {
  const shown = listing({ displayName: "Runner", note: "Use it on Mondays" }, "a-b--run-it");
  assert.equal(shown.title, "Runner");
  assert.equal(shown.description, "Runs\n\nUse it on Mondays");
  assert.deepEqual(shown._meta?.["io.airlock/tool"], {
    ...{ source: "npm", from: "@a/b", name: "run", version: "1.0.0", insteadOf: "a-b--run-it" },
  });
});

Deno.test("toolListing() gives every client a schema that it can read", () => {
  assert.deepEqual(listing({}).inputSchema, { type: "object" });
  assert.deepEqual(listing({ inputSchema: { type: "string" } }).inputSchema, { type: "object" });
  const odd = { properties: { a: true, b: false, c: { type: "string" } }, required: ["a", 1] };
  assert.deepEqual(listing({ inputSchema: odd }).inputSchema, {
    type: "object",
    properties: { a: {}, b: { not: {} }, c: { type: "string" } },
    required: ["a"],
  });
});

Deno.test("toolListing() promises results only where they are objects", () => {
  assert.equal(listing({ outputSchema: { type: "array" } }).outputSchema, undefined);
  const outputSchema = { type: "object", properties: { sum: { type: "number" } } };
  assert.deepEqual(listing({ outputSchema }).outputSchema, outputSchema);
});
