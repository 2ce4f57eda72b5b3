import assert from "node:assert/strict";
import { readLines } from "./read_lines.ts";

Deno.test("readLines() gives lines however the bytes come", async () => {
  const bytes = new TextEncoder().encode("first\n\nzweite ü😀\nlast");
  for (const size of [1, 2, 5, bytes.length]) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, index) => bytes.slice(index * size, (index + 1) * size),
    );
    const lines = await Array.fromAsync(readLines(ReadableStream.from(chunks)));
    assert.deepEqual(lines, ["first", "", "zweite ü😀", "last"]);
  }
});
