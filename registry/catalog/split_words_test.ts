import assert from "node:assert/strict";
import { queryWords, spellOut } from "./split_words.ts";

Deno.test("spellOut() takes identifiers apart and keeps them whole too", () => {
  assert.equal(spellOut("htmlToMarkdownTool"), "htmlToMarkdownTool html To Markdown Tool");
  assert.equal(spellOut("parseHTMLPage"), "parseHTMLPage parse HTML Page");
  assert.equal(spellOut("@scope/web-tools"), "scope web tools");
  assert.equal(spellOut("sha256"), "sha256");
});

Deno.test("queryWords() leaves nothing that a query language could read", () => {
  assert.deepEqual(queryWords("HTML & !markdown:* | (to)'); drop"), [
    ...["html", "markdown", "to", "drop"],
  ]);
  assert.deepEqual(queryWords("  \u0000 <-> \\ "), []);
  assert.deepEqual(queryWords("ｗｅｂ web"), ["web"]);
});

Deno.test("queryWords() bounds words and their number", () => {
  assert.deepEqual(queryWords("x".repeat(41)), []);
  assert.equal(queryWords([..."abcdefghijkl"].join(" ")).length, 8);
});
