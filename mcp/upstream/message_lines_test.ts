import assert from "node:assert/strict";
import { MessageLines } from "./message_lines.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("MessageLines cuts lines wherever chunks end, within characters too", () => {
  const bytes = encode('{"a":"ä"}\n\n{"b":"💥"}\nrest');
  for (let size = 1; size <= bytes.length; size++) {
    const lines = new MessageLines(100);
    const found: (string | null)[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      found.push(...lines.add(bytes.slice(at, at + size)));
    }
    assert.deepEqual(found, ['{"a":"ä"}', "", '{"b":"💥"}']);
  }
});

Deno.test("MessageLines keeps no more of a line than it may", () => {
  const lines = new MessageLines(10);
  assert.deepEqual([...lines.add(encode("0123456789\n"))], ["0123456789"]);
  assert.deepEqual([...lines.add(encode("012345"))], []);
  assert.deepEqual([...lines.add(encode("67890\nmore\n"))], [null]);
});
