import assert from "node:assert/strict";
import type { JsonValue } from "../../../spec/json.ts";
import { type ExtismManifest, readExtismManifest } from "./extism_manifest.ts";

function read(value: JsonValue): ExtismManifest {
  const manifest = readExtismManifest(value);
  if ("fault" in manifest) assert.fail(manifest.fault);
  return manifest;
}

function faultOf(value: JsonValue): string {
  const manifest = readExtismManifest(value);
  return "fault" in manifest ? manifest.fault : assert.fail("it was understood");
}

Deno.test("readExtismManifest() reads modules, bounds, configuration and wishes", () => {
  const manifest = read({
    wasm: [{ path: "a.wasm" }, { path: "b.wasm", hash: "AB".repeat(32) }],
    memory: { max_pages: 10, max_var_bytes: 0, max_http_response_bytes: 500 },
    config: { key: "value" },
    allowed_hosts: ["api.example.com", "*.example.org"],
    timeout_ms: 1_500,
    tools: { run: { input: "text", description: "Runs" } },
  });
  assert.deepEqual(manifest.modules, [
    { name: "module-0", path: "a.wasm" },
    { name: "main", path: "b.wasm", hash: "ab".repeat(32) },
  ]);
  assert.deepEqual(manifest.plan, {
    config: { key: "value" },
    tools: { run: { input: "text", description: "Runs" } },
    memoryBytes: 655_360,
    maxVarBytes: 0,
    maxHttpResponseBytes: 500,
  });
  assert.deepEqual(manifest.needs, {
    net: ["api.example.com", "*.example.org"],
    limits: { timeoutMs: 1_500 },
  });
  assert.deepEqual(manifest.warnings, []);
});

Deno.test("readExtismManifest() warns of what plug-ins do not get here", () => {
  const { needs, warnings } = read({
    wasm: [{ path: "a.wasm" }],
    allowed_hosts: ["foo*bar.com"],
    allowed_paths: { "/etc": "/etc" },
  });
  assert.equal(needs.net, undefined);
  assert.equal(warnings.length, 2);
  assert.equal(read({ wasm: [{ path: "a" }], allowed_hosts: ["a.b", "*"] }).needs.net, "public");
});

Deno.test("readExtismManifest() says what is wrong", () => {
  const wrong: readonly (readonly [JsonValue, RegExp])[] = [
    [null, /expected object/],
    [{}, /^wasm /],
    [{ wasm: [] }, /^wasm /],
    [{ wasm: [{}] }, /^wasm\.0\.path/],
    [{ wasm: [{ path: "a", name: "extism:host/env" }] }, /^wasm\.0\.name/],
    [{ wasm: [{ path: "a", name: "__proto__" }] }, /^wasm\.0\.name/],
    [{ wasm: [{ path: "a", name: "x" }, { path: "b", name: "x" }] }, /two modules of one name/],
    [{ wasm: [{ path: "a", hash: "12" }] }, /^wasm\.0\.hash/],
    [{ wasm: Array(17).fill({ path: "a" }) }, /^wasm /],
    [{ wasm: [{ path: "a" }], memory: { max_pages: -1 } }, /^memory\.max_pages/],
    [{ wasm: [{ path: "a" }], config: { a: 5 } }, /^config\.a/],
    [{ wasm: [{ path: "a" }], tools: { a: { input: "xml" } } }, /^tools\.a\.input/],
    [{ wasm: [{ path: "a" }], tools: { a: { inputSchema: "text" } } }, /^tools\.a\.inputSchema/],
  ];
  for (const [value, fault] of wrong) assert.match(faultOf(value), fault, JSON.stringify(value));
});
