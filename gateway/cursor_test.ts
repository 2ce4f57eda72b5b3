import assert from "node:assert/strict";
import { decodeCursor, encodeCursor } from "./cursor.ts";

Deno.test("decodeCursor() gives back what encodeCursor() was given", () => {
  for (const after of ["", "key_1", "ä/+?&", "\u{1f512}", '["a",1]']) {
    const cursor = encodeCursor(after);
    assert.match(cursor, /^[A-Za-z0-9_-]*$/);
    assert.equal(decodeCursor(cursor), after);
  }
});

Deno.test("decodeCursor() refuses what it did not write", () => {
  for (const cursor of ["%%", "a b", "_w", "AA", "Cg", "x".repeat(5_000)]) {
    assert.throws(() => decodeCursor(cursor), { code: "invalid_input" }, cursor.slice(0, 20));
  }
});
