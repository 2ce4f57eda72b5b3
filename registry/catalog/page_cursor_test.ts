import assert from "node:assert/strict";
import { readCursor, writeCursor } from "./page_cursor.ts";

Deno.test("readCursor() gives back what writeCursor() wrote", () => {
  const position = { key: 3.1415927, id: "tool_aB3" };
  assert.deepEqual(readCursor(writeCursor(position)), position);
  const placed = { ...position, list: "similar" };
  assert.deepEqual(readCursor(writeCursor(placed)), placed);
  assert.match(writeCursor(position), /^[\w-]+$/);
});

Deno.test("readCursor() refuses anything else", () => {
  const foreign = [
    "",
    "x",
    "W10",
    btoa('["1","tool_a"]'),
    btoa('[1,"a\' or 1=1"]'),
    btoa("[null,1]"),
  ];
  for (const cursor of foreign) {
    assert.throws(() => readCursor(cursor), { code: "invalid_input" });
  }
});
