import assert from "node:assert/strict";
import { batchLines } from "./batch_lines.ts";

Deno.test("batchLines() writes lines together, in order, and soon", async () => {
  const written: string[] = [];
  using batch = batchLines((lines) => written.push(lines));
  batch.add("a\n");
  batch.add("b\n");
  assert.deepEqual(written, []);
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.deepEqual(written, ["a\nb\n"]);
});

Deno.test("batchLines() lets no more wait than its bound", () => {
  const written: string[] = [];
  using batch = batchLines((lines) => written.push(lines));
  for (let line = 0; line < 100; line++) batch.add(`${"x".repeat(1023)}\n`);
  assert.equal(written.length, 3);
  assert.ok(written.every((lines) => lines.length <= 33 * 1024));
});

Deno.test("batchLines() loses nothing when it is disposed", () => {
  const written: string[] = [];
  {
    using batch = batchLines((lines) => written.push(lines));
    batch.add("last\n");
  }
  assert.deepEqual(written, ["last\n"]);
});
