import assert from "node:assert/strict";
import { PASSED_RESULT } from "./passed_result.ts";

const passed = (value: unknown) => PASSED_RESULT["~standard"].validate(value);

Deno.test("PASSED_RESULT lets results of tools through as they are, but for who answered", () => {
  const content = [{ type: "text", text: "a" }];
  const server = { "io.modelcontextprotocol/serverInfo": { name: "echo", version: "1" } };
  const same = [
    { content },
    { content, isError: true, structuredContent: { a: [1] } },
    { content: [{ type: "image", data: "AA==", mimeType: "image/png" }], _meta: { "x/y": 1 } },
    { content, _meta: {} },
  ];
  for (const value of same) assert.deepEqual(passed(value), { value });
  assert.deepEqual(passed({ content, _meta: server }), { value: { content } });
  assert.deepEqual(passed({ content, _meta: { ...server, "x/y": 1 } }), {
    value: { content, _meta: { "x/y": 1 } },
  });
});

Deno.test("PASSED_RESULT refuses what is no result of a tool", () => {
  for (const value of [null, "a", {}, { content: "a" }, { content: [{ type: "text" }] }]) {
    assert.ok("issues" in passed(value), JSON.stringify(value));
  }
});
