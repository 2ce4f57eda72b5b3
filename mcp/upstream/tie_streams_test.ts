import assert from "node:assert/strict";
import type { Transport } from "@modelcontextprotocol/client";
import { tieStreams } from "./tie_streams.ts";

type Sent = Parameters<Transport["send"]>;

function fake() {
  const sent: Sent[] = [];
  const transport: Transport = {
    start: () => Promise.resolve(),
    close: () => Promise.resolve(),
    send: (...one) => Promise.resolve(void sent.push(one)),
  };
  const signals = () => sent.map(([, options]) => options?.requestSignal);
  return { transport, signals };
}

const request = (id: number) => ({ jsonrpc: "2.0", id, method: "tools/call" } as const);

Deno.test("tieStreams() ends the stream of a request that was given up, and of no other", async () => {
  const { transport, signals } = fake();
  using _streams = tieStreams(transport);
  await transport.send(request(1));
  await transport.send(request(2));
  await transport.send({
    ...{ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
  });
  assert.deepEqual(signals().map((signal) => signal?.aborted), [true, false, undefined]);
});

Deno.test("tieStreams() ends all streams with the connection, and leaves no timer", async () => {
  const { transport, signals } = fake();
  const streams = tieStreams(transport);
  await transport.send(request(1));
  await transport.send(request(2));
  transport.onmessage?.({ jsonrpc: "2.0", id: 2, result: {} });
  streams[Symbol.dispose]();
  assert.deepEqual(signals().map((signal) => signal?.aborted), [true, true]);
});

Deno.test("tieStreams() is done with a request whose answer came whole", async () => {
  const { transport, signals } = fake();
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    await send(message, options);
    transport.onmessage?.({ jsonrpc: "2.0", id: 1, result: {} });
  };
  const streams = tieStreams(transport);
  await transport.send(request(1));
  streams[Symbol.dispose]();
  assert.equal(signals()[0]?.aborted, false);
});

Deno.test("tieStreams() leaves alone what has a signal of its own", async () => {
  const { transport, signals } = fake();
  using _streams = tieStreams(transport);
  const { signal } = new AbortController();
  await transport.send(request(1), { requestSignal: signal });
  assert.equal(signals()[0], signal);
});
