import assert from "node:assert/strict";
import { locateJsonFault } from "./locate_json_fault.ts";

Deno.test("locateJsonFault() agrees with JSON.parse", () => {
  const pieces = [
    '{"a":',
    "1",
    "}",
    "[",
    "]",
    ",",
    '"b"',
    ":",
    "null",
    "tru",
    " ",
    "\n",
    "-",
    "0",
    "1e5",
    "{",
  ];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  let valid = 0;
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join(
      "",
    );
    let parses = true;
    try {
      JSON.parse(text);
    } catch {
      parses = false; // The point of the comparison.
    }
    if (parses) valid++;
    assert.equal(locateJsonFault(text) === undefined, parses, JSON.stringify(text));
  }
  assert.ok(valid > 200);
});

Deno.test("locateJsonFault() counts lines and columns from one", () => {
  assert.deepEqual(locateJsonFault('{\n  "a": abc\n}'), { offset: 9, line: 2, column: 8 });
  assert.deepEqual(locateJsonFault('{"a":1,}'), { offset: 7, line: 1, column: 8 });
  assert.deepEqual(locateJsonFault('{"a":1'), { offset: 6, line: 1, column: 7 });
  assert.deepEqual(locateJsonFault(""), { offset: 0, line: 1, column: 1 });
});

Deno.test("locateJsonFault() survives megabytes of brackets", () => {
  assert.equal(locateJsonFault("[".repeat(1_000_000))?.offset, 1_000_000);
});
