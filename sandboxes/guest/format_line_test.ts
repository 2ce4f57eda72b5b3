import assert from "node:assert/strict";
import { formatLine } from "./format_line.ts";

const lineOf = (values: readonly unknown[]) => formatLine(values, Deno.inspect);

Deno.test("formatLine() joins values as a console does", () => {
  assert.equal(lineOf([]), "");
  assert.equal(lineOf(["a", 1, null, undefined, true, 5n]), "a 1 null undefined true 5n");
  assert.equal(lineOf([{ a: [1, "b"] }, "c"]), `{ a: [ 1, "b" ] } c`);
  assert.match(lineOf([new Error("boom")]), /Error: boom/);
});

Deno.test("formatLine() knows the format specifiers of the Console Standard", () => {
  const cases: [unknown[], string][] = [
    [["%s and %s", "x", 5], "x and 5"],
    [["%d|%d|%d", "5.5", 7n, "x"], "5.5|7n|NaN"],
    [["%i|%f", "12.9px", "1.5px"], "12|1.5"],
    [["%o %O", { a: 1 }, [2]], "{ a: 1 } [ 2 ]"],
    [["100%% of %s", "all"], "100% of all"],
    [["%cred", "color: red"], "red"],
    [["%s %s", "only"], "only %s"],
    [["%s", "a", "b", { c: 1 }], "a b { c: 1 }"],
    [["%x %", 1], "%x % 1"],
    [["%s", { a: 1 }], "{ a: 1 }"],
    [["%s", "%d"], "%d"],
    [["%s", Symbol("s")], "Symbol(s)"],
  ];
  for (const [values, expected] of cases) assert.equal(lineOf(values), expected);
});

Deno.test("formatLine() does not print a value's idea of how text is replaced", () => {
  assert.equal(lineOf(["%s!", "$&$1$$"]), "$&$1$$!");
});
