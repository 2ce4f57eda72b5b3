import assert from "node:assert/strict";
import { type BodySender, IncomingBody, OutgoingBody } from "./body_window.ts";
import { STREAM_WINDOW_BYTES } from "./messages.ts";

class Recorder implements BodySender {
  readonly pieces: Uint8Array[] = [];
  ended = false;
  creditedBytes = 0;
  data(_stream: number, bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }
  end(): void {
    this.ended = true;
  }
  credit(_stream: number, bytes: number): void {
    this.creditedBytes += bytes;
  }
  get sentBytes(): number {
    return this.pieces.reduce((sum, { length }) => sum + length, 0);
  }
}

function source(totalBytes: number, pieceBytes = 100_000): ReadableStream<Uint8Array> {
  let left = totalBytes;
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close();
      const piece = new Uint8Array(Math.min(pieceBytes, left));
      left -= piece.length;
      controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("OutgoingBody sends no more than a window until it is given credit", async () => {
  const recorder = new Recorder();
  const body = new OutgoingBody(1, source(1_000_000), recorder);
  const sent = body.send();
  await turn();
  const first = recorder.sentBytes;
  assert.ok(first <= STREAM_WINDOW_BYTES && first > STREAM_WINDOW_BYTES - 65_536, `${first} bytes`);
  assert.ok(recorder.pieces.every(({ length }) => length <= 65_536));
  while (!recorder.ended) {
    body.credit(100_000);
    await turn();
  }
  await sent;
  assert.equal(recorder.sentBytes, 1_000_000);
});

Deno.test("OutgoingBody believes no credit beyond a window", async () => {
  const recorder = new Recorder();
  const body = new OutgoingBody(1, source(50_000_000), recorder);
  const sent = body.send();
  await turn();
  for (const claim of [Number.MAX_VALUE, 1e15, Infinity]) body.credit(claim);
  await turn();
  assert.ok(recorder.sentBytes <= 2 * STREAM_WINDOW_BYTES, `${recorder.sentBytes} bytes`);
  body.stop("enough");
  await sent;
  assert.equal(recorder.ended, false);
});

Deno.test("OutgoingBody.stop() cancels the source, also while it waits for credit or data", async () => {
  for (const endless of [source(10_000_000), new ReadableStream<Uint8Array>()]) {
    const reasons: unknown[] = [];
    const watched = endless.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        cancel: (reason) => void reasons.push(reason),
      }),
    );
    const recorder = new Recorder();
    const body = new OutgoingBody(1, watched, recorder);
    const sent = body.send();
    await turn();
    body.stop("why");
    body.stop("again");
    await sent;
    const { length } = recorder.pieces;
    body.credit(100_000);
    await turn();
    assert.equal(recorder.pieces.length, length);
    assert.deepEqual(reasons, ["why"]);
  }
});

Deno.test("OutgoingBody.send() rejects with the failure of its source", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("lost")),
  });
  const recorder = new Recorder();
  await assert.rejects(new OutgoingBody(1, broken, recorder).send(), /lost/);
  assert.equal(recorder.ended, false);
});

Deno.test("IncomingBody gives credit only for what was read", async () => {
  const recorder = new Recorder();
  const body = new IncomingBody(1, { sender: recorder, onCancel() {} });
  for (let n = 0; n < 4; n++) assert.equal(body.push(new Uint8Array(65_536)), true);
  await turn();
  assert.equal(recorder.creditedBytes, 0);
  const reader = body.readable.getReader();
  await reader.read();
  await reader.read();
  assert.equal(recorder.creditedBytes, 2 * 65_536);
  body.end();
  assert.equal((await reader.read()).done, false);
  assert.equal((await reader.read()).done, false);
  assert.equal((await reader.read()).done, true);
});

Deno.test("IncomingBody.push() refuses what goes beyond the credit", () => {
  const recorder = new Recorder();
  const body = new IncomingBody(1, { sender: recorder, onCancel() {} });
  assert.equal(body.push(new Uint8Array(STREAM_WINDOW_BYTES)), true);
  assert.equal(body.push(new Uint8Array(1)), false);
  body.fail(new Error("over"));
});

Deno.test("IncomingBody tells its reader of failure, and its sender of cancelling", async () => {
  const failing = new IncomingBody(1, { sender: new Recorder(), onCancel() {} });
  failing.fail(new Error("broken off"));
  failing.end();
  await assert.rejects(failing.readable.getReader().read(), /broken off/);
  let cancelled = 0;
  const body = new IncomingBody(1, { sender: new Recorder(), onCancel: () => cancelled++ });
  await body.readable.cancel();
  assert.equal(body.push(new Uint8Array(10_000_000)), true, "late pieces are dropped");
  body.end();
  assert.equal(cancelled, 1);
});

Deno.test("OutgoingBody and IncomingBody pass any pieces on whole", async () => {
  const total = 3_000_000;
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  let at = 0;
  const outgoing = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= total) return controller.close();
      const piece = bytes.slice(0, Math.min(1 + (at * 7) % 49_999, total - at));
      at += piece.length;
      controller.enqueue(piece);
    },
  });
  const incoming = new IncomingBody(1, {
    sender: { data() {}, end() {}, credit: (_stream, credit) => sender.credit(credit) },
    onCancel() {},
  });
  const sender = new OutgoingBody(1, outgoing, {
    data: (_stream, piece) => assert.equal(incoming.push(new Uint8Array(piece)), true),
    end: () => incoming.end(),
    credit() {},
  });
  const sent = sender.send();
  let read = 0;
  for await (const piece of incoming.readable) read += piece.length;
  await sent;
  assert.equal(read, total);
});
