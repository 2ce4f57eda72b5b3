import assert from "node:assert/strict";
import type { HashedDefinition } from "./definition_hash.ts";
import { definitionHash, definitionText } from "./definition_hash.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { SchemaStrategy } from "../../spec/tool.ts";

const PLAIN: HashedDefinition = {
  tool: {
    name: "greet",
    description: "Greets",
    inputSchema: { type: "object" },
    outputSchema: null,
  },
  env: [{ name: "A_TOKEN", required: true }, { name: "B_TOKEN", required: false }],
  needs: { net: ["api.example.com", "cdn.example.com"] },
};

Deno.test("definitionHash() is the same however members and lists of names are ordered", () => {
  const reordered: HashedDefinition = {
    needs: { limits: { timeoutMs: 5 }, net: ["cdn.example.com", "api.example.com"] },
    env: [...PLAIN.env].reverse(),
    tool: { ...PLAIN.tool },
  };
  assert.equal(definitionHash(reordered), definitionHash(PLAIN));
  assert.match(definitionHash(PLAIN), /^[0-9a-f]{64}$/);
});

Deno.test("definitionHash() changes with whatever a model or a person goes by", () => {
  const changes: Partial<HashedDefinition>[] = [
    { tool: { ...PLAIN.tool, name: "greet2" } },
    // One invisible character is enough to hide an instruction.
    { tool: { ...PLAIN.tool, description: "Greets\u200b" } },
    { tool: { ...PLAIN.tool, inputSchema: { type: "object", additionalProperties: false } } },
    { tool: { ...PLAIN.tool, inputSchema: null } },
    { tool: { ...PLAIN.tool, outputSchema: {} } },
    { env: [{ name: "A_TOKEN", required: false }, { name: "B_TOKEN", required: false }] },
    { env: [] },
    { needs: {} },
    { needs: { net: "public" } },
    { needs: { ...PLAIN.needs, fs: "tmp" } },
  ];
  const hashes = changes.map((change) => definitionHash({ ...PLAIN, ...change }));
  assert.equal(new Set([...hashes, definitionHash(PLAIN)]).size, changes.length + 1);
});

Deno.test("definitionText() says nothing and none alike for what is not asked for", () => {
  assert.equal(
    definitionText({ ...PLAIN, needs: { net: "none" } }),
    definitionText({ ...PLAIN, needs: {} }),
  );
});

Deno.test("definitionHash() does not go by what a model guessed", () => {
  const tool = { name: "t", description: "", outputSchema: null };
  const hashOf = (inputSchema: JsonObject | null, schemaStrategy: SchemaStrategy) =>
    definitionHash({ tool: { ...tool, inputSchema, schemaStrategy }, env: [], needs: {} });
  assert.equal(hashOf({ type: "object" }, "model"), hashOf(null, "none"));
  assert.notEqual(hashOf({ type: "object" }, "typescript"), hashOf(null, "none"));
});
