import assert from "node:assert/strict";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { failsWith } from "../../tests/support/fails_with.ts";
import { keyCaller } from "../../tests/support/callers.ts";
import { fakeMcp, fakePart } from "../../tests/support/fake_mcp.ts";
import { connectOld } from "../../tests/support/mcp_clients.ts";
import { SSE_BOUNDS, SseSessions } from "./sse_sessions.ts";

const NAME = "acme-tools--run";
const PATH = "/mcp/me/mine/sse";

/** `fetch` of a client of the old transport. */
function fetchFrom(sessions: SseSessions): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (request.method === "GET") {
      const { body } = await sessions.open(fakePart(), { path: PATH });
      // As a connection does that its client closes.
      const { readable, writable } = new TransformStream();
      body!.pipeTo(writable, { signal: request.signal }).catch(() => "closed");
      return new Response(readable, { headers: { "content-type": "text/event-stream" } });
    }
    const sessionId = new URL(request.url).searchParams.get("sessionId") ?? "";
    return sessions.post(fakePart(), { sessionId, body: await request.json() });
  };
}

function transportTo(sessions: SseSessions): SSEClientTransport {
  return new SSEClientTransport(new URL(`http://127.0.0.1:8787${PATH}`), {
    fetch: fetchFrom(sessions),
  });
}

Deno.test("SseSessions serves clients of the old transport", async () => {
  const fake = fakeMcp([{
    toolName: "run",
    call({ onLog, args }) {
      onLog({ level: "info", message: "running", atMs: 1 });
      return { content: [{ type: "text", text: JSON.stringify(args) }] };
    },
  }]);
  const sessions = new SseSessions(fake.tools);
  const client = await connectOld(transportTo(sessions));
  assert.deepEqual((await client.list()).map(({ name }) => name), [NAME]);
  const { content } = await client.call(NAME, { a: 1 });
  assert.deepEqual(content, [{ type: "text", text: '{"a":1}' }]);
  assert.deepEqual(client.logs, ["running"]);
  assert.equal(sessions.size, 1);
  await client[Symbol.asyncDispose]();
  while (sessions.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

Deno.test("SseSessions ends calls of clients that go away", async () => {
  const fake = fakeMcp([{ toolName: "run", call: () => new Promise(() => {}) }]);
  const sessions = new SseSessions(fake.tools);
  const client = await connectOld(transportTo(sessions));
  const call = client.call(NAME).catch(() => "gone");
  const { signal } = await fake.source.firstCall();
  const ended = new Promise((resolve) => signal.addEventListener("abort", resolve));
  await client[Symbol.asyncDispose]();
  await ended;
  assert.equal(await call, "gone");
});

Deno.test("SseSessions gives a connection to nobody else, and no more than it says", async () => {
  const bounds = { ...SSE_BOUNDS, maxSessionsPerOwner: 1 };
  const sessions = new SseSessions(fakeMcp([]).tools, bounds);
  const opened = await sessions.open(fakePart(), { path: PATH });
  const reader = opened.body!.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  const sessionId = /sessionId=(\S+)/.exec(value)?.[1] ?? assert.fail(value);
  const body = { jsonrpc: "2.0", id: 1, method: "ping" };
  const post = (part = fakePart(), id = sessionId) =>
    new Promise((resolve) => resolve(sessions.post(part, { sessionId: id, body })));
  const stranger = { caller: keyCaller({ keyId: "key_b" }), collectionId: "col_1" };
  await failsWith(post(fakePart({ audience: stranger })), { code: "not_found" });
  const elsewhere = { caller: keyCaller(), collectionId: "col_2" };
  await failsWith(post(fakePart({ audience: elsewhere })), { code: "not_found" });
  await failsWith(post(fakePart(), "guessed"), { code: "not_found" });
  await failsWith(sessions.open(fakePart(), { path: PATH }), { code: "rate_limited" });
  await post();
  await sessions.close();
  await reader.cancel();
  assert.equal(sessions.size, 0);
});

Deno.test("SseSessions ends a connection that is not read", async () => {
  const fake = fakeMcp([]);
  const sessions = new SseSessions(fake.tools, { ...SSE_BOUNDS, maxWaitingBytes: 4_096 });
  const opened = await sessions.open(fakePart(), { path: PATH });
  const reader = opened.body!.pipeThrough(new TextDecoderStream()).getReader();
  const sessionId = /sessionId=(\S+)/.exec((await reader.read()).value ?? "")?.[1] ?? "";
  for (let id = 0; id < 100 && sessions.size > 0; id++) {
    sessions.post(fakePart(), { sessionId, body: { jsonrpc: "2.0", id, method: "ping" } });
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(sessions.size, 0);
  await reader.cancel().catch(() => "failed");
});
