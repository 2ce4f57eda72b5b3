import assert from "node:assert/strict";
import { pluginManifest, pluginManifestSchema } from "./plugin_schema.ts";

Deno.test("pluginManifest() keeps what it does not know and drops null at every depth", () => {
  const body = pluginManifestSchema.parse({
    wasm: [{ hash: "ab", url: null, extra: 1 }],
    config: null,
    tools: { run: { description: null, inputSchema: { type: "object", default: { a: 1 } } } },
    future: { member: [1] },
  });
  assert.deepEqual(pluginManifest(body), {
    wasm: [{ hash: "ab", extra: 1 }],
    tools: { run: { inputSchema: { type: "object", default: { a: 1 } } } },
    future: { member: [1] },
  });
});

Deno.test("pluginManifestSchema refuses wrong members", () => {
  const wrong = [
    {},
    { wasm: [] },
    { wasm: "a.wasm" },
    { wasm: [{}], config: { a: 1 } },
    { wasm: [{}], timeout_ms: 0 },
    { wasm: [{}], tools: { a: { output: "xml" } } },
  ];
  for (const body of wrong) {
    assert.equal(pluginManifestSchema.safeParse(body).success, false, JSON.stringify(body));
  }
});
