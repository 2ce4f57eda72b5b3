import assert from "node:assert/strict";
import type { DescribeRequest } from "../../spec/description.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import { FAKE_DESCRIPTION, fakeGateway } from "../../tests/support/fake_gateway.ts";

const URL = "http://127.0.0.1:8787/artifacts/wasm";

function gateway() {
  const described: DescribeRequest[] = [];
  const modules: Uint8Array[] = [];
  const manifests: JsonObject[] = [];
  const fake = fakeGateway({
    describe(request) {
      described.push(request);
      return Promise.resolve(FAKE_DESCRIPTION);
    },
    plugins: {
      storeModule(bytes) {
        modules.push(bytes);
        return Promise.resolve("sha256-m");
      },
      storeManifest(manifest) {
        manifests.push(manifest);
        return Promise.resolve("sha256-j");
      },
    },
  });
  return { ...fake, described, modules, manifests };
}

Deno.test("POST /artifacts/wasm stores a module beyond the size of JSON bodies", async () => {
  const { app, described, modules } = gateway();
  const body = new Uint8Array(200_000).fill(7);
  const response = await app.request(URL, {
    method: "POST",
    headers: { "content-type": "Application/WASM" },
    body,
  });
  assert.equal(response.status, 200);
  const answer: JsonObject = await response.json();
  assert.deepEqual([answer.success, answer.packageName], [true, "@scope/tools"]);
  assert.deepEqual(modules, [body]);
  assert.deepEqual(described, [{ packageName: "sha256-m", source: "wasm" }]);
});

Deno.test("POST /artifacts/wasm takes a manifest, with null for absent", async () => {
  const { post, described, manifests } = gateway();
  const manifest = {
    wasm: [{ hash: "ab", name: null }],
    tools: { run: { input: "text", inputSchema: null } },
  };
  assert.equal((await post("/artifacts/wasm", manifest)).status, 200);
  assert.deepEqual(manifests, [{ wasm: [{ hash: "ab" }], tools: { run: { input: "text" } } }]);
  assert.deepEqual(described, [{ packageName: "sha256-j", source: "wasm" }]);
});

Deno.test("POST /artifacts/wasm refuses wrong types, sizes and members", async () => {
  const { app, post, modules, manifests } = gateway();
  const send = (type: string, body: string, more: Record<string, string> = {}) =>
    app.request(URL, { method: "POST", headers: { "content-type": type, ...more }, body });
  assert.equal((await send("text/plain", "x")).status, 415);
  assert.equal((await send("multipart/form-data; boundary=x", "x")).status, 415);
  const huge = { "content-length": String(65 * 1024 * 1024) };
  assert.equal((await send("application/wasm", "x", huge)).status, 413);
  assert.equal((await post("/artifacts/wasm", {})).status, 400);
  assert.equal((await post("/artifacts/wasm", { wasm: [] })).status, 400);
  assert.equal((await post("/artifacts/wasm", { wasm: [1] })).status, 400);
  assert.equal(
    (await post("/artifacts/wasm", { wasm: [{}], tools: { a: { input: "x" } } })).status,
    400,
  );
  assert.deepEqual([modules, manifests], [[], []]);
});

Deno.test("POST /artifacts/wasm answers with the failure of storing", async () => {
  const { app } = fakeGateway({
    plugins: {
      storeModule: () => Promise.reject(new AirlockError("invalid_input", "Storing: no module")),
    },
  });
  const headers = { "content-type": "application/wasm" };
  const response = await app.request(URL, { method: "POST", headers, body: "x" });
  assert.equal(response.status, 400);
  assert.equal((await response.json()).error, "Storing: no module");
});
