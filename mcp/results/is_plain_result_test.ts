import assert from "node:assert/strict";
import { isPlainResult } from "./is_plain_result.ts";

const TEXT = { type: "text", text: "a" };

Deno.test("isPlainResult() takes text, with data that is an object", () => {
  const plain = [
    { content: [] },
    { content: [TEXT, TEXT], isError: true },
    { content: [TEXT], structuredContent: { a: [null] } },
  ];
  for (const result of plain) assert.ok(isPlainResult(result), JSON.stringify(result));
  const others = [
    ...[null, {}, { content: [TEXT], _meta: {} }, { content: [TEXT], isError: "yes" }],
    { content: [TEXT], structuredContent: [1] },
    { content: [TEXT], structuredContent: JSON.parse('{"__proto__":1}') },
    { content: [{ ...TEXT, annotations: {} }] },
    { content: [{ type: "image", data: "", mimeType: "image/png" }] },
    { content: [{ type: "text" }] },
  ];
  for (const result of others) assert.ok(!isPlainResult(result), JSON.stringify(result));
});
