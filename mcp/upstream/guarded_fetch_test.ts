import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { FakeUpstream } from "../../tests/support/fake_upstream.ts";
import { upstreamTools } from "../../tests/support/upstream_world.ts";
import { createGuardedFetch } from "./guarded_fetch.ts";

const MESSAGE = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });

function guardedFetch(url: string, headers: Readonly<Record<string, string>> = {}) {
  const { openEgress } = upstreamTools({ allow: ["127.0.0.0/8"] });
  return createGuardedFetch(new URL(url), { openEgress, headers });
}

/** A stream that says that and never ends. */
function eventStream(events: readonly string[]): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const event of events) controller.enqueue(new TextEncoder().encode(event));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

Deno.test("createGuardedFetch() gives the answer that a stream begins with, and all of others", async () => {
  const result = `{"jsonrpc":"2.0","id":1,"result":{}}`;
  const progress = `{"jsonrpc":"2.0","method":"notifications/progress"}`;
  const request = `{"jsonrpc":"2.0","id":1,"method":"elicitation/create"}`;
  const streams: Readonly<Record<string, readonly string[]>> = {
    alone: [`event: message\ndata: ${result}\n\n`],
    "after progress": [`data: ${progress}\n\n`, `data: ${result}\n\n`],
    "after a question": [`data: ${request}\n\n`],
    // Whoever comes back for what was missed goes by the id.
    "with an id": [`id: 1\ndata: ${result}\n\n`],
    "in two lines": [`data: {"jsonrpc":"2.0",\ndata: "id":1,"result":{}}\n\n`],
    garbage: ["data: {\n\n"],
  };
  await using server = new FakeUpstream({
    answer: ({ method = "" }) => eventStream(streams[method] ?? []),
  });
  using guarded = guardedFetch(server.url);
  for (const [method, events] of Object.entries(streams)) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method });
    const response = await guarded.fetch(server.url, { method: "POST", body });
    const isAlone = method === "alone";
    const type = isAlone ? "application/json" : "text/event-stream";
    assert.equal(response.headers.get("content-type"), type, method);
    if (isAlone) assert.deepEqual(await response.json(), JSON.parse(result));
    else assert.equal(await textOf(response, events.join("").length), events.join(""));
  }
});

/** That much of a stream that does not end. */
async function textOf({ body }: Response, length: number): Promise<string> {
  let text = "";
  for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.length >= length) break;
  }
  return text;
}

Deno.test("createGuardedFetch() sends its own credentials, and nobody else's", async () => {
  await using server = new FakeUpstream();
  using guarded = guardedFetch(server.url, { authorization: "Bearer own", "x-team": "1" });
  const response = await guarded.fetch(server.url, {
    method: "POST",
    body: MESSAGE,
    headers: {
      ...{ authorization: "Bearer of-the-client", cookie: "session=1", "x-api-key": "k" },
      ...{ "content-type": "application/json", "mcp-session-id": "s" },
    },
  });
  await response.body?.cancel();
  const { headers } = server.messages[0]!;
  assert.equal(headers.get("authorization"), "Bearer own");
  assert.equal(headers.get("x-team"), "1");
  assert.equal(headers.get("mcp-session-id"), "s");
  assert.deepEqual([headers.get("cookie"), headers.get("x-api-key")], [null, null]);
});

Deno.test("createGuardedFetch() reaches one origin, and follows no redirect", async () => {
  await using victim = new FakeUpstream({ hostname: "127.0.0.2" });
  await using server = new FakeUpstream({
    answer: () => new Response(null, { status: 307, headers: { location: victim.url } }),
  });
  using guarded = guardedFetch(server.url);
  for (const url of [victim.url, server.url.replace("http:", "https:"), "file:///etc/passwd"]) {
    await failsWith(guarded.fetch(url), { code: "permission_denied" });
  }
  const response = await guarded.fetch(server.url, { method: "POST", body: MESSAGE });
  assert.equal(response.status, 307);
  await response.body?.cancel();
  assert.deepEqual(victim.messages, []);
});

Deno.test("createGuardedFetch() goes on over many requests, and ends with what is open", async () => {
  const telling = `data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n`;
  await using server = new FakeUpstream({
    answer: ({ method }) => method === "tools/call" ? eventStream([telling]) : undefined,
  });
  const guarded = guardedFetch(server.url);
  const post = (body = MESSAGE) => guarded.fetch(server.url, { method: "POST", body });
  // More than one way out takes.
  for (let count = 0; count < 250; count++) await (await post()).text();
  assert.equal(server.messages.length, 250);
  const open = await post(MESSAGE.replace("tools/list", "tools/call"));
  assert.equal(open.headers.get("content-type"), "text/event-stream");
  guarded[Symbol.dispose]();
  await assert.rejects(open.text());
  await assert.rejects(post());
});

Deno.test("createGuardedFetch() leaves no connection behind where an answer has no right status", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/`;
  const isOver = (async () => {
    using server = await listener.accept();
    await server.read(new Uint8Array(4096));
    const head = "HTTP/1.1 700 Odd\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\n";
    await server.write(new TextEncoder().encode(head));
    // Ends with the other side alone.
    return await server.read(new Uint8Array(1)).catch(() => null) === null;
  })();
  using guarded = guardedFetch(url);
  await assert.rejects(guarded.fetch(url, { method: "POST", body: MESSAGE }), RangeError);
  assert(await isOver);
});
