import assert from "node:assert/strict";
import {
  encodeFrame,
  FRAME_HEADER_BYTES,
  FRAME_KINDS,
  readU32,
  SECRET_BYTES,
  u32Bytes,
  writeU32,
} from "./frame.ts";

const SECRET = Uint8Array.from({ length: SECRET_BYTES }, (_, index) => 200 - index);

Deno.test("encodeFrame() joins pieces behind a header", () => {
  const frame = encodeFrame(FRAME_KINDS.data, [u32Bytes(7), new Uint8Array([1, 2]), EMPTY]);
  assert.deepEqual([...frame], [6, 0, 0, 0, FRAME_KINDS.data, 7, 0, 0, 0, 1, 2]);
  assert.deepEqual([...encodeFrame(FRAME_KINDS.message, [])], [0, 0, 0, 0, FRAME_KINDS.message]);
});

Deno.test("encodeFrame() begins with the secret where there is one", () => {
  const frame = encodeFrame(FRAME_KINDS.result, [new Uint8Array(300)], SECRET);
  assert.deepEqual(frame.subarray(0, SECRET_BYTES), SECRET);
  assert.equal(readU32(frame, SECRET_BYTES), 300);
  assert.equal(frame.length, SECRET_BYTES + FRAME_HEADER_BYTES + 300);
});

Deno.test("encodeFrame() never hands the secret to code that replaced what it could", () => {
  const seen: unknown[] = [];
  const { set, subarray, slice } = Uint8Array.prototype;
  const spy = function (this: unknown, ...args: unknown[]) {
    seen.push(this, ...args);
  };
  const patch = (methods: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(Uint8Array.prototype, name, { value, configurable: true });
    }
  };
  patch({ set: spy, subarray: spy, slice: spy });
  try {
    const frame = encodeFrame(FRAME_KINDS.message, [new Uint8Array([9])], SECRET);
    assert.equal(frame[SECRET_BYTES + FRAME_HEADER_BYTES], 9);
    assert.deepEqual(seen, []);
  } finally {
    for (const name of ["set", "subarray", "slice"]) {
      Reflect.deleteProperty(Uint8Array.prototype, name);
    }
  }
  assert.equal(Uint8Array.prototype.set, set);
  assert.equal(Uint8Array.prototype.subarray, subarray);
  assert.equal(Uint8Array.prototype.slice, slice);
});

Deno.test("readU32() reads what writeU32() wrote", () => {
  const bytes = new Uint8Array(6);
  for (const value of [0, 1, 255, 256, 65_536, 2 ** 31, 2 ** 32 - 1]) {
    writeU32(bytes, 1, value);
    assert.equal(readU32(bytes, 1), value);
    assert.equal(readU32(u32Bytes(value), 0), value);
  }
});

const EMPTY = new Uint8Array();
