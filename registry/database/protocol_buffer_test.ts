import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { ProtocolBuffer } from "./protocol_buffer.ts";

function message(type: string, text: string): Buffer {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const STARTUP = message("", "\0\x03\0\0user\0me\0\0");
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

Deno.test("ProtocolBuffer() refuses what is no message, and never looks at it for ever", () => {
  const header = (type: string, length: number) => {
    const head = Buffer.from(`${type}\0\0\0\0`);
    head.writeInt32BE(length, type.length);
    return head;
  };
  const begun = (...bytes: Buffer[]) => {
    const buffer = new ProtocolBuffer();
    buffer.add(STARTUP);
    buffer.next();
    buffer.add(Buffer.concat(bytes));
    return buffer;
  };
  const wrong = [header("P", -1), header("Q", 0), header("Q", 3), header("z", 4)];
  for (const bytes of wrong) assert.throws(() => begun(PARSE, bytes).next(), RangeError);
  assert.throws(() => begun(header("d", 0x7fff_fff0)).next(), RangeError);
  // Too short, too long, of another version, and one that asks for encryption.
  const asksForEncryption = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  const first = [message("", ""), header("", 0x100_0000), message("", "\0\x01\0\0")];
  for (const bytes of [...first, asksForEncryption]) {
    const buffer = new ProtocolBuffer();
    buffer.add(Buffer.concat([bytes, Buffer.alloc(8)]));
    assert.throws(() => buffer.next(), RangeError);
  }
});

Deno.test("ProtocolBuffer() puts a goodbye into no group with anything else", () => {
  const end = message("X", "");
  const buffer = new ProtocolBuffer();
  buffer.add(Buffer.concat([STARTUP, PARSE, end]));
  assert.deepEqual([buffer.next(), buffer.next(), buffer.next()], [STARTUP, PARSE, end]);
});
