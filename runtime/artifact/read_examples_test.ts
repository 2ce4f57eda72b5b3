import assert from "node:assert/strict";
import type { JsonObject } from "../../spec/json.ts";
import { readExamples } from "./read_examples.ts";

const TOOLS = ["add", "echo"];

Deno.test("readExamples() reads both fields", () => {
  const packageJson: JsonObject = {
    airlock: { examples: [{ tool: "echo", params: { a: 1 } }, { tool: "gone", params: 1 }] },
    tpmjs: {
      tools: [{ name: "add", healthCheck: { testParams: { a: 1, b: 2 } } }, { name: "echo" }],
      healthCheck: { testParams: { a: 3 } },
    },
  };
  assert.deepEqual(readExamples(packageJson, TOOLS), [
    { tool: "echo", params: { a: 1 } },
    { tool: "add", params: { a: 1, b: 2 } },
    { tool: "add", params: { a: 3 } },
  ]);
  assert.deepEqual(readExamples({}, TOOLS), []);
});

Deno.test("readExamples() leaves out what is odd or too much", () => {
  const odd: JsonObject[] = [
    { airlock: "x", tpmjs: [] },
    { airlock: { examples: {} }, tpmjs: { tools: {}, healthCheck: 1 } },
    { airlock: { examples: [null, 1, [], {}, { tool: 1, params: 1 }, { tool: "add" }] } },
    { airlock: { examples: [{ tool: "add", params: "x".repeat(1e6) }] } },
    { tpmjs: { tools: [null, 5, { healthCheck: { testParams: 1 } }] } },
  ];
  for (const packageJson of odd) assert.deepEqual(readExamples(packageJson, TOOLS), []);
  const many = Array.from({ length: 1_000 }, () => ({ tool: "add", params: 1 }));
  assert.equal(readExamples({ airlock: { examples: many } }, TOOLS).length, 20);
});
