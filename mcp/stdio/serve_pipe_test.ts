import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { fakeMcp, fakePart } from "../../tests/support/fake_mcp.ts";
import type { McpChange, McpChanges } from "../../spec/mcp_changes.ts";
import { servePipe } from "./serve_pipe.ts";

const NAME = "acme-tools--run";

const INITIALIZE = {
  ...{ jsonrpc: "2.0", id: 0, method: "initialize" },
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  },
};

Deno.test("servePipe() ends with its client, and ends what runs", async () => {
  const fake = fakeMcp([{ toolName: "run", call: () => new Promise(() => {}) }]);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const { signal } = new AbortController();
  const served = servePipe(fakePart(), { input, output }, { ...fake.tools, signal });
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: NAME } };
  input.write(`${JSON.stringify(INITIALIZE)}\n${JSON.stringify(call)}\n`);
  const { signal: calling } = await fake.source.firstCall();
  input.end();
  await served;
  assert.equal(calling.aborted, true);
  const lines = String(output.read()).trim().split("\n");
  for (const line of lines) assert.equal(JSON.parse(line).jsonrpc, "2.0");
  assert.deepEqual(fake.unexpected, []);
});

Deno.test("servePipe() ends when it is told to", async () => {
  const stop = new AbortController();
  const pipe = { input: new PassThrough(), output: new PassThrough() };
  const served = servePipe(fakePart(), pipe, { ...fakeMcp([]).tools, signal: stop.signal });
  stop.abort();
  await served;
});

Deno.test("servePipe() tells a client of 2026-07-28 of the resources that it listens for", async () => {
  const fake = fakeMcp([]);
  const watched = new Set<string>();
  const followers = new Set<(change: McpChange) => void>();
  const changes: McpChanges = {
    follow(_audience, tell) {
      followers.add(tell);
      return { [Symbol.dispose]: () => void followers.delete(tell) };
    },
    watch(_audience, uri) {
      watched.add(uri);
      return Promise.resolve({ [Symbol.dispose]: () => void watched.delete(uri) });
    },
  };
  const pipe = { input: new PassThrough(), output: new PassThrough() };
  const { signal } = new AbortController();
  const served = servePipe(fakePart(), pipe, { ...fake.tools, changes, signal });
  const said: { method?: string; params?: { uri?: string } }[] = [];
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const text: unknown = pipe.output.read();
      const lines = text === null ? [] : String(text).trim().split("\n");
      said.push(...lines.map((line) => JSON.parse(line)));
    }
  };
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const listen = {
    ...{ jsonrpc: "2.0", id: 7, method: "subscriptions/listen" },
    params: { _meta: meta, notifications: { resourceSubscriptions: ["a:1"] } },
  };
  pipe.input.write(`${JSON.stringify(listen)}\n`);
  await until(() => said.some(({ method }) => method?.includes("acknowledged") ?? false));
  assert.deepEqual([...watched], ["a:1"]);
  for (const uri of ["a:2", "a:1"]) {
    for (const tell of followers) tell({ kind: "resource", uri });
  }
  await until(() => said.some(({ method }) => method === "notifications/resources/updated"));
  assert.deepEqual(said.flatMap(({ params }) => params?.uri ?? []), ["a:1"]);
  const params = { requestId: 7 };
  pipe.input.write(
    `${JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params })}\n`,
  );
  await until(() => watched.size === 0);
  pipe.input.end();
  await served;
  assert.equal(followers.size, 0);
});
