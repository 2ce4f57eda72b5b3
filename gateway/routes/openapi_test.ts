import assert from "node:assert/strict";
import { fakeGateway } from "../../tests/support/fake_gateway.ts";

Deno.test("addOpenapi() lists every route with its schemas", async () => {
  const { app } = fakeGateway();
  const response = await app.request("http://127.0.0.1/openapi.json");
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const spec: {
    openapi: string;
    paths: Record<string, Record<string, { responses: object }>>;
    components: { schemas: Record<string, { required?: string[] }>; securitySchemes?: object };
  } = JSON.parse(text);
  assert.match(spec.openapi, /^3\.1/);
  assert.deepEqual(Object.keys(spec.paths).sort(), [
    "/api/me",
    "/api/sync",
    "/api/sync/{job}",
    "/artifacts/wasm",
    "/describe-tool",
    "/execute-tool",
    "/health",
    "/list-exports",
    "/load-and-describe",
    "/metrics",
    "/pool",
    "/tools/{ref}/runtimes",
  ]);
  assert.deepEqual(spec.components.schemas.ExecuteToolRequest?.required, ["packageName", "name"]);
  assert.ok("504" in (spec.paths["/execute-tool"]?.post?.responses ?? {}));
  assert.equal(spec.components.securitySchemes, undefined);
});

Deno.test("addOpenapi() tells how to authenticate where a key is configured", async () => {
  const { app } = fakeGateway({ settings: { apiKey: "key" } });
  const response = await app.request("http://127.0.0.1/openapi.json");
  const spec: { security: object[]; components: { securitySchemes: object } } = await response
    .json();
  assert.equal(spec.security.length, 2);
  assert.deepEqual(Object.keys(spec.components.securitySchemes), ["bearer", "apiKey"]);
});
