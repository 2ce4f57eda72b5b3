import assert from "node:assert/strict";
import { Hono } from "hono";
import type { GatewayEnv } from "../gateway_env.ts";
import { identifyRequest } from "./identify_request.ts";
import { requireContentType, requireJson } from "./require_json.ts";

function world(check = requireJson()) {
  const app = new Hono<GatewayEnv>();
  let handled = 0;
  app.post("/", identifyRequest(), check, (context) => {
    handled++;
    return context.text("handled");
  });
  const post = (type: string | null) =>
    app.request("/", {
      method: "POST",
      // Bytes, since text would bring a content type of its own.
      body: new TextEncoder().encode("{}"),
      headers: type === null ? {} : { "content-type": type },
    });
  return { post, handled: () => handled };
}

Deno.test("requireJson() lets through what is declared as JSON", async () => {
  const { post, handled } = world();
  const types = [
    "application/json",
    "application/json;charset=utf-8",
    "application/json ; charset=UTF-8",
    "APPLICATION/JSON",
    "application/problem+json",
    "application/vnd.example.v1+json",
  ];
  for (const type of types) assert.equal((await post(type)).status, 200, type);
  assert.equal(handled(), types.length);
});

Deno.test("requireJson() refuses what a foreign page may send unasked, and what only looks like JSON", async () => {
  const { post, handled } = world();
  const types = [
    null,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
    "text/plain, application/json",
    "application/jsonp",
    "application/json5",
    "application/json, text/plain",
    "application/+json",
    "text/json",
    "xapplication/json",
  ];
  for (const type of types) {
    const response = await post(type);
    assert.equal(response.status, 415, String(type));
    assert.equal(response.headers.get("accept"), "application/json");
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const body = await response.json();
    assert.deepEqual([body.success, body.code, body.status], [false, "invalid_input", 415]);
    assert.equal(body.requestId, response.headers.get("x-request-id"));
    assert.ok(body.executionTimeMs >= 0);
  }
  assert.equal(handled(), 0);
});

Deno.test("requireContentType() takes the types it names, and says which", async () => {
  const { post, handled } = world(requireContentType(["application/wasm", "application/json"]));
  const taken = ["application/wasm", "Application/WASM; a=b", "application/json; charset=utf-8"];
  for (const type of taken) assert.equal((await post(type)).status, 200, type);
  for (const type of ["application/wasmx", "text/plain", "text/plain; application/wasm", null]) {
    const response = await post(type);
    assert.equal(response.status, 415, String(type));
    assert.equal(response.headers.get("accept"), "application/wasm, application/json");
    assert.match((await response.json()).suggestion, /application\/wasm or application\/json/);
  }
  assert.equal(handled(), taken.length);
});
