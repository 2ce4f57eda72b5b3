import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import {
  type FakeMcp,
  fakeMcp,
  type FakeMcpTool,
  fakePart,
  fetchInto,
} from "../../tests/support/fake_mcp.ts";
import {
  CLIENT_KINDS,
  type ClientKind,
  connectClient,
  type TestClient,
} from "../../tests/support/mcp_clients.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { keyCaller } from "../../tests/support/callers.ts";
import type { McpPart } from "../server/mcp_part.ts";
import { createMcpHttp } from "./mcp_http.ts";

const URL_OF_TESTS = "http://127.0.0.1:8787/mcp/me/mine";
const NAME = "acme-tools--run";

interface World {
  readonly client: TestClient;
  readonly fake: FakeMcp;
}

/** Gives a client of each kind to `fn`, connected to fake tools. */
function withEachClient(
  name: string,
  tools: () => readonly FakeMcpTool[],
  { part = fakePart(), fn }: {
    readonly part?: McpPart;
    readonly fn: (world: World, kind: ClientKind) => Promise<void>;
  },
): void {
  for (const kind of CLIENT_KINDS) {
    Deno.test(`${name} (${kind})`, async () => {
      const fake = fakeMcp(tools());
      const http = createMcpHttp(fake.tools);
      const target = { url: URL_OF_TESTS, fetch: fetchInto(http, part) };
      await using client = await connectClient(kind, target);
      await fn({ client, fake }, kind);
      await http.close();
      assert.deepEqual(fake.unexpected, []);
    });
  }
}

/** What a promise rejects with, as a client of any SDK tells it. */
async function refusalOf(promise: Promise<unknown>) {
  const error = await promise.then(() => assert.fail("must be refused"), (error) => error);
  return { code: error.code, data: error.data, message: String(error.message) };
}

withEachClient("createMcpHttp() lists and calls", () => [
  {
    toolName: "run",
    displayName: "Runner",
    inputSchema: { type: "object", properties: { at: { type: "number" } } },
    outputSchema: { type: "object", properties: { sum: { type: "number" } } },
    call: ({ args }) => ({ content: [], structuredContent: { sum: args["at"] ?? 0 } }),
  },
  { toolName: "list", call: () => ({ content: [], structuredContent: [1, 2] }) },
], {
  async fn({ client, fake }, kind) {
    const tools = await client.list();
    assert.deepEqual(tools.map(({ name }) => name), [NAME, "acme-tools--list"]);
    assert.equal(tools[0]?.title, "Runner");
    const called = await client.call(NAME, { at: 3 });
    assert.deepEqual(called["structuredContent"], { sum: 3 });
    const list = await client.call("acme-tools--list");
    // Clients of the session era know of objects only.
    assert.deepEqual(list["structuredContent"], kind === "2026" ? [1, 2] : { result: [1, 2] });
    assert.deepEqual(fake.source.audiences[0], fakePart().audience);
    if (kind !== "2026") await client.ping();
  },
});

withEachClient("createMcpHttp() tells refusals as the table says", () => [{
  toolName: "run",
  call() {
    const suggestion = "Accept the change.";
    throw new AirlockError("quarantined", "call tool: it has changed", { suggestion });
  },
}, {
  toolName: "break",
  call() {
    throw new TypeError("a secret of the gateway");
  },
}], {
  async fn({ client, fake }) {
    const refused = await refusalOf(client.call(NAME));
    assert.equal(refused.code, -32015);
    const { code, suggestion, retryable } = refused.data;
    assert.deepEqual([code, suggestion, retryable], ["quarantined", "Accept the change.", false]);
    const unknown = await refusalOf(client.call("acme-tools--nothing"));
    assert.deepEqual([unknown.code, unknown.data.code], [-32602, "tool_not_found"]);
    const broken = await refusalOf(client.call("acme-tools--break"));
    assert.deepEqual([broken.code, broken.data.code], [-32603, "internal"]);
    assert.doesNotMatch(broken.message, /secret/);
    assert.equal(fake.unexpected.splice(0).length, 1);
  },
});

withEachClient("createMcpHttp() passes on the log and the progress of a call", () => [{
  toolName: "run",
  call({ onLog, onProgress }) {
    onLog({ level: "warn", message: "careful", atMs: 1 });
    onProgress("half of it");
    return { content: [] };
  },
}], {
  async fn({ client }) {
    const progress: unknown[] = [];
    await client.call(NAME, {}, { onProgress: (message) => void progress.push(message) });
    assert.deepEqual(client.logs, ["careful"]);
    assert.deepEqual(progress, ["half of it"]);
  },
});

const ENDLESS: FakeMcpTool = { toolName: "run", call: () => new Promise(() => {}) };

withEachClient("createMcpHttp() ends a call that its client cancels", () => [ENDLESS], {
  async fn({ client, fake }) {
    const stop = new AbortController();
    const settled = client.call(NAME, {}, { signal: stop.signal })
      .then(() => "answered", () => "cancelled");
    const { signal } = await fake.source.firstCall();
    const ended = new Promise((resolve) => signal.addEventListener("abort", resolve));
    stop.abort();
    assert.equal(await settled, "cancelled");
    await ended;
  },
});

withEachClient(
  "createMcpHttp() gives meta-tools where there are many tools",
  () =>
    Array.from({ length: 41 }, (_, at) => ({
      toolName: `tool${at}`,
      description: at === 7 ? "Draws pictures of cats" : "Counts",
    })),
  {
    async fn({ client, fake }) {
      const names = (await client.list()).map(({ name }) => name);
      assert.deepEqual(names, ["search_tools", "describe_tool", "call_tool"]);
      const found = await client.call("search_tools", { query: "picture cat" });
      assert.deepEqual(found["structuredContent"], {
        tools: [{ name: "acme-tools--tool7", description: "Draws pictures of cats" }],
        total: 41,
      });
      const shown = await client.call("describe_tool", { name: "acme-tools--tool7" });
      assert.match(JSON.stringify(shown["structuredContent"]), /"inputSchema":\{"type":"object"\}/);
      await client.call("call_tool", { name: "acme-tools--tool7", arguments: { a: 1 } });
      assert.deepEqual(fake.source.calls.map(({ key, args }) => [key, args]), [["tool7", {
        a: 1,
      }]]);
      const wrong = await refusalOf(client.call("call_tool", { name: "call_tool" }));
      assert.equal(wrong.data.code, "tool_not_found");
    },
  },
);

withEachClient(
  "createMcpHttp() gives pages where meta-tools are not wanted",
  () => Array.from({ length: 401 }, (_, at) => ({ toolName: `tool${at}` })),
  {
    part: fakePart({ metaTools: "off" }),
    async fn({ client }) {
      const tools = await client.list();
      assert.equal(new Set(tools.map(({ name }) => name)).size, 401);
      assert.equal((await refusalOf(client.call("search_tools"))).data.code, "tool_not_found");
    },
  },
);

Deno.test("createMcpHttp() lets nobody cancel a call of somebody else's session", async () => {
  const fake = fakeMcp([ENDLESS]);
  const http = createMcpHttp(fake.tools);
  const ask = (body: unknown, caller = keyCaller()) =>
    fetchInto(http, fakePart({ audience: { caller, collectionId: "col_1" } }))(URL_OF_TESTS, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-session-id": "session-1",
      },
      body: JSON.stringify(body),
    });
  const cancel = {
    ...{ jsonrpc: "2.0", method: "notifications/cancelled" },
    params: { requestId: 1 },
  };
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: NAME } };
  const response = ask(call);
  const { signal } = await fake.source.firstCall();
  const stranger = await ask(cancel, keyCaller({ keyId: "key_b" }));
  assert.deepEqual([stranger.status, signal.aborted], [202, false]);
  await ask(cancel);
  assert.equal(signal.aborted, true);
  // Nothing is left to wait for.
  await (await response).text();
});

Deno.test("createMcpHttp() takes no more messages at once than it says", async () => {
  const http = createMcpHttp(fakeMcp([ENDLESS]).tools);
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  const body = JSON.stringify(Array.from({ length: 17 }, () => ping));
  const headers = { "content-type": "application/json" };
  const asked = fetchInto(http)(URL_OF_TESTS, { method: "POST", headers, body });
  await failsWith(asked, { code: "invalid_input" });
});
