import assert from "node:assert/strict";
import { utf8Length } from "./utf8_length.ts";

Deno.test("utf8Length() counts what TextEncoder writes", () => {
  for (
    const text of ["", "abc", "žluťoučký", "漢字", "🐎🐎", "a\u0000\u007f\u0080\u07ff\u0800\uffff"]
  ) {
    assert.equal(utf8Length(text), new TextEncoder().encode(text).length);
  }
});
