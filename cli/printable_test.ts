import assert from "node:assert/strict";
import { printable } from "./printable.ts";

Deno.test("printable() leaves nothing a terminal would obey", () => {
  assert.equal(printable("plain é 漢字 😀\n\tx"), "plain é 漢字 😀\n\tx");
  assert.equal(printable("\x1b[2J"), "\\u{1b}[2J");
  assert.equal(printable("a\rb\x07\x9b31m"), "a\\u{d}b\\u{7}\\u{9b}31m");
  assert.equal(printable("\u202egpj.exe"), "\\u{202e}gpj.exe");
});
