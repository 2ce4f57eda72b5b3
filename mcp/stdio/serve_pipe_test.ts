import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { fakeMcp, fakePart } from "../../tests/support/fake_mcp.ts";
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
