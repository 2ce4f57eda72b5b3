import assert from "node:assert/strict";
import { failureResult } from "./failure_result.ts";

Deno.test("failureResult() is words for a model, within bounds", () => {
  assert.deepEqual(failureResult({ error: "no such city", suggestion: "Spell it otherwise." }), {
    content: [{ type: "text", text: "no such city\n\nSpell it otherwise." }],
    isError: true,
  });
  const [part] = failureResult({ error: "x".repeat(100_000) }).content;
  assert.ok(part?.type === "text" && part.text.length <= 8_000);
});
