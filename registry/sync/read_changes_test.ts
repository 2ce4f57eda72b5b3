import assert from "node:assert/strict";
import { parseChanges } from "./read_changes.ts";

const ROW = { seq: 1, id: "one", changes: [] };

Deno.test("parseChanges() reads a page, with places of either kind", () => {
  const page = parseChanges(
    JSON.stringify({ results: [ROW, { seq: "2-ab", id: "two" }], last_seq: 2 }),
  );
  assert.deepEqual(page, {
    rows: [{ name: "one", place: 1 }, { name: "two", place: "2-ab" }],
    last: 2,
  });
});

Deno.test("parseChanges() reads a continuous feed", () => {
  const text = `${JSON.stringify(ROW)}\n\n${JSON.stringify({ last_seq: 7, pending: 0 })}\n`;
  assert.deepEqual(parseChanges(text), { rows: [{ name: "one", place: 1 }], last: 7 });
  assert.deepEqual(parseChanges(""), { rows: [], last: undefined });
});

Deno.test("parseChanges() leaves out rows that are none", () => {
  const rows = [7, null, [], {}, { seq: 1 }, { id: "x" }, { seq: 1.5, id: "x" }, {
    seq: "",
    id: "x",
  }];
  assert.deepEqual(parseChanges(JSON.stringify({ results: rows })), { rows: [], last: undefined });
});

Deno.test("parseChanges() refuses what is no feed, and one that was cut off", () => {
  for (const text of ["<html>", "{}", "[]", "null", `${JSON.stringify(ROW)}\n{"seq":2,"i`]) {
    assert.throws(() => parseChanges(text), { code: "upstream_failed" }, text);
  }
});
