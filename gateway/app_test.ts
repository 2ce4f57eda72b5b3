import assert from "node:assert/strict";
import { ERROR_TABLE, type ErrorCode } from "../spec/errors.ts";
import type { FailureBody } from "./failure_body.ts";
import { fakeFailure, fakeGateway } from "../tests/support/fake_gateway.ts";

const CALL = { packageName: "@scope/tools", name: "greet", params: { name: "Ada" } };
const BASE = "http://127.0.0.1:8787";

async function failure(response: Response): Promise<FailureBody> {
  const body: FailureBody = await response.json();
  assert.equal(body.success, false);
  assert.equal(body.status, response.status);
  assert.equal(body.error, body.detail);
  assert.ok(body.code in ERROR_TABLE);
  assert.equal(body.requestId, response.headers.get("x-request-id"));
  return body;
}

Deno.test("createApp() refuses unknown paths and methods in the one error shape", async () => {
  const { app } = fakeGateway();
  const missing = await app.request(`${BASE}/nothing/here`);
  assert.equal(missing.status, 404);
  await failure(missing);
  const wrongMethod = await app.request(`${BASE}/execute-tool`);
  assert.equal(wrongMethod.status, 405);
  assert.equal(wrongMethod.headers.get("allow"), "POST");
  await failure(wrongMethod);
});

Deno.test("createApp() keeps a well-formed request id and replaces any other", async () => {
  const { post } = fakeGateway();
  const kept = await post("/execute-tool", CALL, { "x-request-id": "abc-1.2_3" });
  assert.equal(kept.headers.get("x-request-id"), "abc-1.2_3");
  for (const bad of ["a b", "x".repeat(129), "<script>", "é"]) {
    const replaced = await post("/execute-tool", CALL, { "x-request-id": bad });
    assert.match(replaced.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  }
});

Deno.test("createApp() takes part in W3C traces and ignores malformed ones", async () => {
  const { post } = fakeGateway();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const incoming = `00-${traceId}-00f067aa0ba902b7-01`;
  const joined = await post("/execute-tool", CALL, { traceparent: incoming });
  const outgoing = joined.headers.get("traceparent") ?? "";
  assert.match(outgoing, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  assert.notEqual(outgoing, incoming);
  for (const bad of ["00-zz-11-01", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, `01-${incoming}`]) {
    const plain = await post("/execute-tool", CALL, { traceparent: bad });
    assert.equal(plain.headers.get("traceparent"), null);
  }
});

Deno.test("createApp() sends security headers with every answer", async () => {
  const { app, post } = fakeGateway();
  const answers = [await post("/execute-tool", CALL), await app.request(`${BASE}/nope`)];
  answers.push(await app.request(`${BASE}/docs`));
  for (const { headers } of answers) {
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("access-control-allow-origin"), null);
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
  }
});

Deno.test("createApp() asks for the API key except where it says so", async () => {
  const { app, post } = fakeGateway({ settings: { apiKey: "right-key" } });
  const attempts: Record<string, string>[] = [
    {},
    { authorization: "Bearer wrong-key" },
    { authorization: "Bearer right-ke" },
    { authorization: "Bearer right-key2" },
    { authorization: "right-key" },
    { "x-api-key": "RIGHT-KEY" },
    { "x-api-key": "right-ke\u00ff" },
    { authorization: "Bearer wrong-key", "x-api-key": "right-key" },
  ];
  for (const headers of attempts) {
    const refused = await post("/execute-tool", CALL, headers);
    assert.equal(refused.status, 401, JSON.stringify(headers));
    assert.equal((await failure(refused)).code, "unauthenticated");
  }
  for (const path of ["/metrics", "/anything"]) {
    assert.equal((await app.request(BASE + path)).status, 401);
  }
  for (const path of ["/health", "/docs", "/openapi.json"]) {
    assert.equal((await app.request(BASE + path)).status, 200);
  }
  assert.equal((await post("/execute-tool", CALL, { "x-api-key": "right-key" })).status, 200);
  const bearer = await post("/execute-tool", CALL, { authorization: "bearer right-key" });
  assert.equal(bearer.status, 200);
});

Deno.test("createApp() without a key refuses rebound names and foreign pages", async () => {
  const { app, post, calls } = fakeGateway();
  for (const host of ["evil.com", "127.0.0.1.evil.com", "localhost.evil.com:8787", "192.168.1.2"]) {
    const response = await app.request(`http://${host}/metrics`);
    assert.equal(response.status, 403, host);
    assert.equal((await failure(response)).code, "permission_denied");
  }
  for (
    const origin of ["https://evil.com", "null", "http://127.0.0.1:3000", "http://localhost:8787"]
  ) {
    assert.equal((await post("/execute-tool", CALL, { origin })).status, 403, origin);
  }
  assert.equal(calls.length, 0);
  assert.equal((await post("/execute-tool", CALL, { origin: BASE })).status, 200);
  assert.equal((await app.request("http://[::1]:8787/health")).status, 200);
});

Deno.test("createApp() allows configured origins, with CORS headers for them only", async () => {
  const { app, post } = fakeGateway({ settings: { corsOrigins: ["https://app.example"] } });
  const origin = "https://app.example";
  const answered = await post("/execute-tool", CALL, { origin });
  assert.equal(answered.status, 200);
  assert.equal(answered.headers.get("access-control-allow-origin"), origin);
  const preflight = await app.request(`${BASE}/execute-tool`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(
    (await post("/execute-tool", CALL, { origin: "https://other.example" })).status,
    403,
  );
});

Deno.test("createApp() answers every error code with its row of the table", async () => {
  for (const [code, row] of Object.entries(ERROR_TABLE)) {
    const known = Object.keys(ERROR_TABLE).find((name): name is ErrorCode => name === code)!;
    const { post } = fakeGateway({
      execute: (_request, context) => Promise.resolve(fakeFailure(known, context)),
    });
    const response = await post("/execute-tool", CALL);
    assert.equal(response.status, row.httpStatus, code);
    const body = await failure(response);
    assert.equal(body.code, code);
    assert.equal(body.stage, "execute");
    assert.equal(body.suggestion, "Try otherwise.");
    assert.ok("meta" in body);
    const waits = response.headers.has("retry-after");
    assert.equal(waits, [429, 503].includes(row.httpStatus), code);
    const type = response.headers.get("content-type");
    assert.equal(type, code === "tool_error" ? "application/json" : "application/problem+json");
  }
});

Deno.test("createApp() rounds Retry-After up to whole seconds", async () => {
  const { post } = fakeGateway({
    execute: (_request, context) =>
      Promise.resolve(fakeFailure("pool_exhausted", context, { retryAfterMs: 2_100 })),
  });
  assert.equal((await post("/execute-tool", CALL)).headers.get("retry-after"), "3");
});

Deno.test("createApp() tells nothing about a bug but its request id", async () => {
  const { post } = fakeGateway({
    execute: () => Promise.reject(new TypeError("secret at /home/someone/file.ts")),
  });
  const response = await post("/execute-tool", CALL);
  assert.equal(response.status, 500);
  const body = await failure(response);
  assert.equal(body.code, "internal");
  assert.ok(!JSON.stringify(body).includes("secret"));
});

Deno.test("createApp() turns new calls away once the gate is closed", async () => {
  const { app, gate, post, calls } = fakeGateway();
  await gate.close(1_000);
  const response = await post("/execute-tool", CALL);
  assert.equal(response.status, 503);
  assert.equal((await failure(response)).code, "shutting_down");
  assert.equal(response.headers.get("retry-after"), "5");
  assert.equal(calls.length, 0);
  const health = await app.request(`${BASE}/health`);
  assert.equal(health.status, 503);
  assert.equal((await health.json()).status, "draining");
});

Deno.test("createApp() reports health and counts calls in its metrics", async () => {
  const { app, post } = fakeGateway();
  const health = await (await app.request(`${BASE}/health`)).json();
  assert.equal(health.status, "ok");
  assert.equal(health.isolation, "rlimits");
  await post("/execute-tool", CALL);
  const text = await (await app.request(`${BASE}/metrics`)).text();
  assert.match(text, /airlock_calls_total\{code="ok",runtime="deno",start="blank"\} 1/);
  assert.match(text, /airlock_sandboxes\{state="blank"\} 2/);
  assert.match(text, /airlock_queue_length 3/);
  assert.match(text, /route="\/execute-tool",method="POST",status="200"\} 1/);
  assert.ok(!text.includes("@scope"));
});

Deno.test("createApp() counts answers by the route that gave them, with a key as without", async () => {
  for (const apiKey of [undefined, "k".repeat(16)]) {
    const { app } = fakeGateway({ settings: { apiKey } });
    await (await app.request(`${BASE}/health`)).body?.cancel();
    await (await app.request(`${BASE}/no-such-route`)).body?.cancel();
    const headers = { "x-api-key": "k".repeat(16) };
    const text = await (await app.request(`${BASE}/metrics`, { headers })).text();
    assert.match(text, /route="\/health",method="GET",status="200"\} 1/);
    assert.ok(!text.includes("no-such-route"));
  }
});
