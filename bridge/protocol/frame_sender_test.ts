import assert from "node:assert/strict";
import { FrameSender } from "./frame_sender.ts";
import { PROTOCOL_LIMITS } from "./protocol_limits.ts";

function fakeSocket() {
  const sent: string[] = [];
  const socket = {
    ...{ readyState: 1, bufferedAmount: 0 },
    send(frame: string) {
      sent.push(frame);
    },
  };
  return { sent, socket };
}

Deno.test("FrameSender sends at once, and in order where the other end is slow", async () => {
  const { sent, socket } = fakeSocket();
  using sender = new FrameSender(socket, { onFull: () => assert.fail("not full") });
  sender.send({ at: 1 });
  assert.deepEqual(sent, ['{"at":1}']);
  socket.bufferedAmount = PROTOCOL_LIMITS.highWaterBytes + 1;
  sender.send({ at: 2 });
  sender.send({ at: 3 });
  assert.equal(sent.length, 1);
  socket.bufferedAmount = 0;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(sent, ['{"at":1}', '{"at":2}', '{"at":3}']);
});

Deno.test("FrameSender tells when the other end reads nothing, and drops what it cannot send", () => {
  const { sent, socket } = fakeSocket();
  let full = 0;
  using sender = new FrameSender(socket, { onFull: () => void full++ });
  socket.bufferedAmount = PROTOCOL_LIMITS.highWaterBytes + 1;
  const text = "x".repeat(20 * 1024 * 1024);
  for (let at = 0; at < 5; at++) sender.send({ text });
  assert.ok(full >= 1);
  socket.readyState = 3;
  sender.send({ at: 1 });
  assert.deepEqual(sent, []);
});
