import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { base64Length, bytesOf, toBase64 } from "./base64.ts";

const random = (length: number) => {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += 65536) {
    crypto.getRandomValues(bytes.subarray(start, start + 65536));
  }
  return bytes;
};

Deno.test("toBase64() agrees with Node's, with and without the engine's own", async () => {
  const native = Object.getOwnPropertyDescriptor(Uint8Array.prototype, "toBase64");
  Reflect.deleteProperty(Uint8Array.prototype, "toBase64");
  let fallback: typeof toBase64;
  try {
    ({ toBase64: fallback } = await import("./base64.ts?without-native"));
  } finally {
    if (native !== undefined) Object.defineProperty(Uint8Array.prototype, "toBase64", native);
  }
  for (const length of [0, 1, 2, 3, 4, 6143, 6144, 6145, 100_000]) {
    const bytes = random(length);
    const expected = Buffer.from(bytes).toString("base64");
    assert.equal(toBase64(bytes), expected);
    assert.equal(fallback(bytes), expected);
    assert.equal(base64Length(length), expected.length);
  }
});

Deno.test("bytesOf() sees views as they are and trusts no disguise", () => {
  assert.deepEqual(bytesOf(new Uint16Array([1, 2]).subarray(1)), new Uint8Array([2, 0]));
  assert.deepEqual(bytesOf(new ArrayBuffer(1)), new Uint8Array(1));
  assert.equal(bytesOf({ byteLength: 3, [Symbol.toStringTag]: "ArrayBuffer" }), null);
  assert.equal(bytesOf({ length: 1e9, [Symbol.toStringTag]: "SharedArrayBuffer" }), null);
  assert.equal(bytesOf(Object.create(Uint8Array.prototype)), null);
  assert.equal(bytesOf([1, 2]), null);
  const lying = Object.defineProperty(new Uint8Array([7]), "byteLength", { value: 1e9 });
  assert.deepEqual(bytesOf(lying)?.length, 1);
});
