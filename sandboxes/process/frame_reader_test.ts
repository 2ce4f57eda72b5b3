import assert from "node:assert/strict";
import { encodeFrame, FRAME_KINDS, SECRET_BYTES, u32Bytes } from "../protocol/frame.ts";
import { FrameReader, FrameTooLargeError } from "./frame_reader.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function recorder(secret: Uint8Array, maxPayloadBytes = 1 << 20) {
  const seen: string[] = [];
  const reader = new FrameReader(secret, {
    onFrame: ({ kind, payload }) => seen.push(`frame ${kind} ${decoder.decode(payload)}`),
    onStray: (bytes) => {
      const text = decoder.decode(bytes);
      const last = seen.at(-1);
      if (last?.startsWith("stray ")) seen[seen.length - 1] = last + text;
      else seen.push(`stray ${text}`);
    },
  }, { maxPayloadBytes });
  return { reader, seen };
}

function newSecret(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

Deno.test("FrameReader separates frames from stray output however the bytes arrive", () => {
  const secret = newSecret();
  const message = (text: string) =>
    encodeFrame(FRAME_KINDS.message, [encoder.encode(text)], secret);
  const bytes = join([
    encoder.encode("before"),
    message("one"),
    message(""),
    encoder.encode("between\n"),
    message("two"),
    encoder.encode("after"),
  ]);
  const expected = [
    "stray before",
    "frame 1 one",
    "frame 1 ",
    "stray between\n",
    "frame 1 two",
    "stray after",
  ];
  for (let size = 1; size <= bytes.length; size++) {
    const { reader, seen } = recorder(secret);
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.slice(at, at + size));
    reader.end();
    assert.deepEqual(seen, expected, `in pieces of ${size}`);
  }
});

Deno.test("FrameReader takes a frame without the secret for stray output", () => {
  const secret = newSecret();
  const guess = newSecret();
  const { reader, seen } = recorder(secret);
  const forged = encodeFrame(FRAME_KINDS.message, [encoder.encode("forged")], guess);
  const bare = encodeFrame(FRAME_KINDS.message, [encoder.encode("forged too")]);
  reader.push(forged);
  reader.push(bare);
  reader.push(encodeFrame(FRAME_KINDS.message, [encoder.encode("real")], secret));
  assert.deepEqual(seen.filter((line) => line.startsWith("frame")), ["frame 1 real"]);
});

Deno.test("FrameReader gives back a partial secret at the end as stray output", () => {
  const secret = encoder.encode("0123456789abcdef");
  const { reader, seen } = recorder(secret);
  reader.push(encoder.encode("x0123456789abcde"));
  assert.deepEqual(seen, ["stray x"]);
  reader.end();
  assert.deepEqual(seen, ["stray x0123456789abcde"]);
});

Deno.test("FrameReader refuses a frame that announces too much before reading it", () => {
  const secret = newSecret();
  const { reader, seen } = recorder(secret, 100);
  const header = join([secret, u32Bytes(101), new Uint8Array([FRAME_KINDS.message])]);
  assert.throws(() => reader.push(header), FrameTooLargeError);
  assert.deepEqual(seen, []);
});

Deno.test("FrameReader keeps no view of a chunk that its caller reuses", () => {
  const secret = newSecret();
  const { reader, seen } = recorder(secret);
  const bytes = encodeFrame(FRAME_KINDS.message, [encoder.encode("kept")], secret);
  const buffer = bytes.slice(0, 20);
  reader.push(buffer);
  buffer.fill(0);
  reader.push(bytes.slice(20));
  assert.deepEqual(seen, ["frame 1 kept"]);
});

Deno.test("FrameReader copies a large frame once, however many pieces it comes in", () => {
  const secret = newSecret();
  const payload = new Uint8Array(32 * 1024 * 1024).fill(7);
  const frame = encodeFrame(FRAME_KINDS.result, [payload], secret);
  let received = 0;
  const reader = new FrameReader(secret, {
    onFrame: ({ payload: whole }) => received = whole.length,
    onStray: () => assert.fail("stray"),
  }, { maxPayloadBytes: payload.length });
  const startedAt = performance.now();
  for (let at = 0; at < frame.length; at += 16 * 1024) {
    reader.push(frame.subarray(at, at + 16 * 1024));
  }
  assert.equal(received, payload.length);
  // Joining the pieces as they come would copy 32 GB, which takes ten times as long anywhere.
  assert.ok(performance.now() - startedAt < 3_000);
});

Deno.test("FrameReader hands over an unfinished large frame as stray output at the end", () => {
  const secret = newSecret();
  const frame = encodeFrame(FRAME_KINDS.message, [new Uint8Array(1000)], secret);
  const stray: number[] = [];
  const reader = new FrameReader(secret, {
    onFrame: () => assert.fail("a frame"),
    onStray: (bytes) => stray.push(bytes.length),
  }, { maxPayloadBytes: 1000 });
  for (let at = 0; at < 500; at += 100) reader.push(frame.subarray(at, at + 100));
  reader.end();
  assert.deepEqual(stray, [500]);
});
