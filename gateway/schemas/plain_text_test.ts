import assert from "node:assert/strict";
import { plainName, plainText } from "./plain_text.ts";

/** Characters that are not seen, or turn what stands around them. */
const HIDDEN = [
  ...["\0", "\n", "\t", "\u007f", "\u0085", "\u00a0", "\u00ad", "\u034f", "\u061c", "\u115f"],
  ...["\u1160", "\u17b4", "\u180e", "\u2000", "\u200b", "\u200d", "\u200e", "\u202a", "\u202e"],
  ...["\u2028", "\u2029", "\u2060", "\u2066", "\u2069", "\u2800", "\u3164", "\ufe0f", "\ufeff"],
  ...["\uffa0", "\u{e0001}", "\u{e0041}", "\u{1d173}", "\ud800", "\ue000"],
];

Deno.test("plainName() takes what people write, and nothing that hides", () => {
  for (const name of ["My tools", "工具 箱", "Ünïcödé", "Инструменты", "أدوات", "a-b_c.d/é", "🛠"]) {
    assert.equal(plainName.parse(name), name);
  }
  for (const hidden of HIDDEN) {
    const code = hidden.codePointAt(0)!.toString(16);
    assert.equal(plainName.safeParse(`ad${hidden}min`).success, false, code);
  }
  for (const wrong of ["", "   ", "\u0301a", "x".repeat(101)]) {
    assert.equal(plainName.safeParse(wrong).success, false, wrong);
  }
});

Deno.test("plainName() writes one name in one way, and keeps names apart that look alike", () => {
  assert.equal(plainName.parse("Cafe\u0301"), "Caf\u00e9");
  assert.equal(plainName.parse("  spaced  "), "spaced");
  // Cyrillic а: another name, which ids and slugs tell apart.
  assert.notEqual(plainName.parse("\u0430dmin"), "admin");
});

Deno.test("plainText() keeps lines and emoji, and no text that hides or turns", () => {
  const text = "One\nTwo\t— 👩‍🔬 و\u200c";
  assert.equal(plainText(100).parse(text), text);
  for (const wrong of ["\0", "\ud800", "\u202e", "\u2066", "\u{e0041}"]) {
    assert.equal(plainText(100).safeParse(`a${wrong}b`).success, false);
  }
  assert.equal(plainText(3).safeParse("four").success, false);
});
