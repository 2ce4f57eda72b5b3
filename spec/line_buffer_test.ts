import assert from "node:assert/strict";
import { LineBuffer } from "./line_buffer.ts";

Deno.test("LineBuffer cuts lines wherever they are broken, and keeps nothing of what it is given", () => {
  const bytes = new TextEncoder().encode('{"a":"ä€😀"}\n\n{"b":1}\nrest');
  for (let size = 1; size <= bytes.length; size++) {
    const lines = new LineBuffer(100);
    const chunk = new Uint8Array(size);
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      chunk.set(part);
      found.push(...lines.add(chunk.subarray(0, part.length)));
    }
    assert.deepEqual(found, ['{"a":"ä€😀"}', "", '{"b":1}'], `${size}`);
  }
});

Deno.test("LineBuffer takes no line that is longer than it may be, ended or not", () => {
  const bytes = new TextEncoder().encode("x".repeat(10));
  const lines = new LineBuffer(19);
  assert.deepEqual(lines.add(bytes), []);
  assert.throws(() => lines.add(bytes), RangeError);
  const ended = new LineBuffer(9);
  assert.throws(() => ended.add(new TextEncoder().encode(`${"x".repeat(10)}\n`)), RangeError);
  assert.deepEqual(new LineBuffer(9).add(new TextEncoder().encode("123456789\n12\n")).length, 2);
});
