import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import { toolResult } from "./tool_result.ts";

const PNG = { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" };

Deno.test("toolResult() passes JSON on as data and as text", () => {
  assert.deepEqual(toolResult({ sum: 3 }), {
    content: [{ type: "text", text: '{"sum":3}' }],
    structuredContent: { sum: 3 },
  });
  assert.deepEqual(toolResult("# Hi"), { content: [{ type: "text", text: "# Hi" }] });
  assert.equal(toolResult(null).content[0]?.type, "text");
});

Deno.test("toolResult() knows what is already MCP", () => {
  assert.deepEqual(toolResult(PNG), { content: [PNG] });
  assert.deepEqual(toolResult([{ type: "text", text: "see" }, PNG]), {
    content: [{ type: "text", text: "see" }, PNG],
  });
  const own = {
    content: [{ type: "audio", data: "AAAA", mimeType: "audio/wav" }],
    structuredContent: { seconds: 1 },
    isError: true,
  };
  assert.deepEqual(toolResult({ ...own, more: "left out" }), own);
  const link = { type: "resource_link", uri: "file:///a", name: "a" };
  assert.deepEqual(toolResult([link]), { content: [link] });
});

Deno.test("toolResult() takes what only looks like MCP as data", () => {
  const data: JsonValue[] = [
    { ...PNG, data: "not base64!" },
    { ...PNG, mimeType: "text/html" },
    { type: "text", text: "a row of somebody's table" },
    [],
    { content: "an article" },
    { content: [{ type: "image" }] },
    [PNG, { type: "video" }],
  ];
  for (const output of data) {
    assert.deepEqual(toolResult(output).structuredContent, output);
    assert.equal(toolResult(output).content[0]?.type, "text");
  }
});
