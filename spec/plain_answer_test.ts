import assert from "node:assert/strict";
import { isPlainAnswer } from "./plain_answer.ts";

const ANSWER = { jsonrpc: "2.0", id: 1, result: { content: [] } };

Deno.test("isPlainAnswer() takes answers with a result, and nothing that needs a closer look", () => {
  for (const id of [0, 1, "a", ""]) assert.ok(isPlainAnswer({ ...ANSWER, id }));
  const others = [
    ...[null, [], "a", { ...ANSWER, jsonrpc: "1.0" }, { ...ANSWER, more: 1 }],
    ...[null, 1.5, 2 ** 53, {}].map((id) => ({ ...ANSWER, id })),
    ...[null, [], "a", { _meta: {} }, JSON.parse('{"__proto__":1}')]
      .map((result) => ({ ...ANSWER, result })),
    { jsonrpc: "2.0", id: 1, error: { code: -1, message: "no" } },
    { jsonrpc: "2.0", method: "notifications/message", params: {} },
  ];
  for (const other of others) assert.ok(!isPlainAnswer(other), JSON.stringify(other));
});
