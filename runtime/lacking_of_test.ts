import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { lackingOf, lackingWords } from "./lacking_of.ts";

Deno.test("lackingOf() names what was missing, and nothing where something else failed", () => {
  const error = (details: Record<string, unknown>) =>
    new AirlockError("no_runtime", "Running the tool: it uses x", { details });
  assert.equal(lackingOf(error({ lacking: "node:fs readFileSync" })), "node:fs readFileSync");
  assert.equal(lackingOf(error({ refusals: [] })), null);
  assert.equal(
    lackingOf(new AirlockError("tool_error", "threw", { details: { lacking: "forged" } })),
    null,
  );
  assert.equal(lackingOf(new Error("lacking")), null);
});

Deno.test("lackingWords() repeats only what stands in the code", () => {
  const uses = { nodeBuiltins: ["fs", "http"], globals: ["Worker"], env: [] };
  assert.equal(lackingWords("node:fs readFileSync", uses), "it uses a part of node:fs");
  assert.equal(lackingWords("Worker", uses), "it uses Worker");
  assert.equal(lackingWords("node:fs-of-a-secret", uses), "it uses something");
  assert.equal(lackingWords("the caller's key", uses), "it uses something");
});
