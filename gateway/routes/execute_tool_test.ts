import assert from "node:assert/strict";
import type { FailureBody } from "../failure_body.ts";
import { fakeFailure, fakeGateway, fakeSuccess } from "../../tests/support/fake_gateway.ts";

const PATH = "/execute-tool";
const CALL = { packageName: "@scope/tools", name: "greet" };
const EVENTS = { accept: "text/event-stream" };

async function refusal(response: Response, status: number): Promise<FailureBody> {
  const body: FailureBody = await response.json();
  assert.equal(response.status, status, body.error);
  assert.equal(body.status, status);
  return body;
}

Deno.test("POST /execute-tool hands every member to the executor", async () => {
  const { post, calls } = fakeGateway();
  const response = await post(PATH, {
    ...CALL,
    version: "1.2.3",
    params: { deep: [1, { "__proto__": 1 }] },
    env: { API_TOKEN: "t" },
    runtime: "deno",
    permissions: { net: ["api.example.com", "*.example.org:8443"], fs: "tmp" },
    limits: { timeoutMs: 500, memoryBytes: null },
    source: "npm",
    isolation: "per-call",
    importUrl: null,
    toolCallId: "ignored",
  });
  assert.equal(response.status, 200);
  const body = await response.json();
  assert.equal(body.success, true);
  assert.deepEqual(body.meta.requestId, response.headers.get("x-request-id"));
  assert.deepEqual(calls[0]?.request, {
    ...CALL,
    version: "1.2.3",
    params: { deep: [1, { "__proto__": 1 }] },
    env: { API_TOKEN: "t" },
    runtime: "deno",
    permissions: { net: ["api.example.com", "*.example.org:8443"], fs: "tmp" },
    limits: { timeoutMs: 500 },
    source: "npm",
    isolation: "per-call",
  });
  assert.equal(calls[0]?.context.tenant, "local");
});

Deno.test("POST /execute-tool takes the older contract with nulls", async () => {
  const { post, calls } = fakeGateway();
  await post(PATH, { ...CALL, version: null, env: null, params: null, limits: null });
  await post(PATH, CALL);
  assert.deepEqual(calls.map((call) => call.request), [
    { ...CALL, params: {}, env: {} },
    { ...CALL, params: {}, env: {} },
  ]);
});

Deno.test("POST /execute-tool keeps __proto__ from doing anything", async () => {
  const { post, calls } = fakeGateway();
  const text = '{"packageName":"a","name":"b","__proto__":{"runtime":"deno","polluted":1},' +
    '"params":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
  assert.equal((await post(PATH, text)).status, 200);
  assert.equal(calls[0]?.request.runtime, undefined);
  assert.equal("polluted" in {}, false);
  assert.equal(
    (await post(PATH, '{"packageName":"a","name":"b","env":{"__proto__":"x"}}')).status,
    400,
  );
});

Deno.test("POST /execute-tool names wrong members, never their values", async () => {
  const { post, calls } = fakeGateway();
  const wrong: [unknown, RegExp][] = [
    [{ name: "x" }, /packageName/],
    [{ ...CALL, packageName: "../../etc/passwd" }, /packageName/],
    [{ ...CALL, packageName: "https://evil.example/x.js" }, /packageName/],
    [{ ...CALL, name: "" }, /name/],
    [{ ...CALL, env: { TOKEN: { secret: "s3cret" } } }, /env/],
    [{ ...CALL, env: { "BAD NAME": "s3cret" } }, /env/],
    [{ ...CALL, runtime: "s3cret" }, /runtime/],
    [{ ...CALL, limits: { timeoutMs: -1 } }, /limits\.timeoutMs/],
    [{ ...CALL, limits: { timeoutMS: 1 } }, /timeoutMS/],
    [{ ...CALL, permissions: { net: ["http://s3cret/x"] } }, /permissions\.net/],
    [{ ...CALL, permissions: { run: true } }, /run/],
    [[], /check request/],
    ["null", /check request/],
  ];
  for (const [body, expected] of wrong) {
    const { error, code } = await refusal(await post(PATH, body), 400);
    assert.equal(code, "invalid_input");
    assert.match(error, expected);
    assert.ok(!error.includes("s3cret"), error);
  }
  assert.equal(calls.length, 0);
});

Deno.test("POST /execute-tool says where a body stops being JSON", async () => {
  const { post } = fakeGateway();
  const { error, details } = await refusal(await post(PATH, '{\n "env": {"A": s3cret}}'), 400);
  assert.equal(error, "parse body: not JSON at line 2, column 15");
  assert.equal(details?.offset, 16);
  assert.match((await refusal(await post(PATH, ""), 400)).error, /empty/);
  const deep = `{"packageName":"a","name":"b","params":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
  assert.match((await refusal(await post(PATH, deep), 400)).error, /nested deeper/);
});

Deno.test("POST /execute-tool refuses what is not declared as JSON", async () => {
  const { post } = fakeGateway();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
    await refusal(await post(PATH, CALL, { "content-type": type }), 415);
  }
  const accepted = [
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/vnd.a+json",
  ];
  for (const type of accepted) {
    assert.equal((await post(PATH, CALL, { "content-type": type })).status, 200, type);
  }
});

Deno.test("POST /execute-tool bounds bodies, declared and streamed", async () => {
  const { app, post } = fakeGateway({ settings: { maxBodyBytes: 1024 } });
  const big = JSON.stringify({ ...CALL, params: "x".repeat(2000) });
  assert.equal((await refusal(await post(PATH, big), 413)).code, "payload_too_large");
  await refusal(await post(PATH, CALL, { "content-length": "99999" }), 413);
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(512).fill(32));
    },
  });
  const streamed = await app.request(`http://127.0.0.1${PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: endless,
  });
  await refusal(streamed, 413);
  assert.ok(pulled < 10, `${pulled} chunks were read`);
});

Deno.test("POST /execute-tool refuses bytes that are not UTF-8, and slow bodies", async () => {
  const { app } = fakeGateway({ settings: { bodyTimeoutMs: 30 } });
  const send = (body: BodyInit) =>
    app.request(`http://127.0.0.1${PATH}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  const bytes = new Uint8Array([123, 34, 255, 254, 34, 125]);
  assert.match((await refusal(await send(bytes), 400)).error, /not UTF-8/);
  const silent = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new Uint8Array([123])) });
  assert.match((await refusal(await send(silent), 400)).error, /incomplete after 30 ms/);
});

Deno.test("POST /execute-tool streams logs, chunks and the result as events", async () => {
  const { post } = fakeGateway({
    execute(request, context) {
      context.onProgress?.("building");
      context.onLog?.({ level: "info", message: "line\nbreak", atMs: 1 });
      context.onChunk?.({ part: 1 });
      return Promise.resolve(fakeSuccess(request, context));
    },
  });
  const response = await post(PATH, { ...CALL, params: { a: 1 } }, EVENTS);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const events = (await response.text()).split("\n\n").filter((text) => text.startsWith("event"));
  assert.deepEqual(events.map((text) => text.split("\n")[0]), [
    "event: progress",
    "event: log",
    "event: chunk",
    "event: result",
  ]);
  assert.equal(events[1], 'event: log\ndata: {"level":"info","message":"line\\nbreak","atMs":1}');
});

Deno.test("POST /execute-tool ends an event stream with an error event", async () => {
  const failing = fakeGateway({
    execute: (_request, context) => Promise.resolve(fakeFailure("resource_limit", context)),
  });
  const text = await (await failing.post(PATH, CALL, EVENTS)).text();
  assert.match(text, /event: error\ndata: .*"code":"resource_limit".*"meta":/);
  const broken = fakeGateway({ execute: () => Promise.reject(new Error("secret")) });
  const other = await (await broken.post(PATH, CALL, EVENTS)).text();
  assert.match(other, /event: error\ndata: .*"code":"internal"/);
  assert.ok(!other.includes("secret"));
  assert.equal(broken.gate.running, 0);
  assert.equal((await failing.post(PATH, "{", EVENTS)).status, 400);
});

Deno.test("POST /execute-tool keeps silent streams alive, and aborts when the listener goes", async () => {
  const aborted = Promise.withResolvers<void>();
  const { post, gate } = fakeGateway({
    settings: { heartbeatMs: 5 },
    execute: (_request, context) =>
      new Promise((resolve) => {
        context.signal.addEventListener("abort", () => {
          aborted.resolve();
          resolve(fakeFailure("deadline_exceeded", context));
        });
      }),
  });
  const reader = (await post(PATH, CALL, EVENTS)).body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.split(": alive").length < 4) text += decoder.decode((await reader.read()).value);
  assert.equal(gate.running, 1);
  await reader.cancel();
  await aborted.promise;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(gate.running, 0);
});
