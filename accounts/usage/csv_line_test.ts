import assert from "node:assert/strict";
import { csvLine } from "./csv_line.ts";

Deno.test("csvLine() quotes what would end a cell or a line", () => {
  assert.equal(csvLine(["a", "b,c", 'd"e', "f\ng", ""]), 'a,"b,c","d""e","f\ng",\r\n');
});

Deno.test("csvLine() lets no cell be a formula", () => {
  assert.equal(csvLine(["=1+1", "@x", "+a", "-a", "\tx"]), "'=1+1,'@x,'+a,'-a,'\tx\r\n");
  assert.equal(csvLine(["-1.5", "12"]), "-1.5,12\r\n");
});
