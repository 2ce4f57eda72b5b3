import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { ProtocolBuffer } from "./protocol_buffer.ts";

function message(type: string, text: string): Buffer {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const STARTUP = message("", "user\0me\0\0");
const PARSE = message("P", "select 1");
const SYNC = message("S", "");
const QUERY = message("Q", "select 2");

Deno.test("ProtocolBuffer() cuts groups at what is answered, however the bytes come", () => {
  const all = Buffer.concat([STARTUP, PARSE, SYNC, QUERY]);
  for (const size of [1, 2, 3, 7, all.length]) {
    const buffer = new ProtocolBuffer();
    const groups: string[] = [];
    for (let offset = 0; offset < all.length; offset += size) {
      buffer.add(all.subarray(offset, offset + size));
      for (let group = buffer.next(); group !== undefined; group = buffer.next()) {
        groups.push(group.toString("hex"));
      }
    }
    const expected = [STARTUP, Buffer.concat([PARSE, SYNC]), QUERY];
    assert.deepEqual(groups, expected.map((group) => group.toString("hex")));
  }
});

Deno.test("ProtocolBuffer() keeps messages until one of them is answered", () => {
  const buffer = new ProtocolBuffer();
  buffer.add(STARTUP);
  assert.deepEqual(buffer.next(), STARTUP);
  buffer.add(PARSE);
  assert.equal(buffer.next(), undefined);
  buffer.add(SYNC);
  assert.deepEqual(buffer.next(), Buffer.concat([PARSE, SYNC]));
  assert.equal(buffer.next(), undefined);
});
