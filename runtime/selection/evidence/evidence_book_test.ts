import assert from "node:assert/strict";
import { EvidenceBook, MAX_ARTIFACTS } from "./evidence_book.ts";

const CALL = { runtime: "deno", startMs: 1, toolMs: 2, cold: false } as const;

Deno.test("note() keeps artifacts and runtimes apart", () => {
  const book = new EvidenceBook(() => 0);
  book.note("a", CALL);
  book.note("a", { ...CALL, runtime: "quickjs", toolMs: 9 });
  book.note("b", { ...CALL, toolMs: 5 });
  assert.equal(book.evidenceOf("a").deno?.toolMs, 2);
  assert.equal(book.evidenceOf("a").quickjs?.toolMs, 9);
  assert.equal(book.evidenceOf("b").deno?.toolMs, 5);
  assert.deepEqual(book.evidenceOf("c"), {});
});

Deno.test("note() remembers a bounded number of artifacts, those called last", () => {
  const book = new EvidenceBook(() => 0);
  for (let index = 0; index < MAX_ARTIFACTS + 100; index += 1) {
    book.note(`d${index}`, CALL);
    book.note("busy", CALL);
  }
  assert.equal([...book.entries()].length, MAX_ARTIFACTS);
  assert.ok(book.evidenceOf("busy").deno);
  assert.deepEqual(book.evidenceOf("d0"), {});
});

Deno.test("prove() replaces what was known of that runtime alone", () => {
  const book = new EvidenceBook(() => 0);
  book.prove("a", { runtime: "quickjs", tool: "t", state: "equal", inputs: 3 });
  book.prove("a", { runtime: "extism", tool: "t", state: "equal", inputs: 1 });
  book.prove("a", { runtime: "quickjs", tool: "t", state: "different", inputs: 4, diff: "- 1" });
  book.prove("a", { runtime: "quickjs", tool: "u", state: "equal", inputs: 4 });
  assert.deepEqual(book.proofsOf("a").map(({ runtime, state }) => `${runtime} ${state}`), [
    "extism equal",
    "quickjs different",
    "quickjs equal",
  ]);
});

Deno.test("adopt() never overrides what the book knows itself", () => {
  const book = new EvidenceBook(() => 0);
  book.note("a", CALL);
  const others = { runtimes: new Map([["deno", [{ ...CALL, atMs: 0, toolMs: 99 }]]] as const) };
  book.adopt("a", { ...others, proofs: [] });
  book.adopt("b", { ...others, proofs: [] });
  assert.equal(book.evidenceOf("a").deno?.toolMs, 2);
  assert.equal(book.evidenceOf("b").deno?.toolMs, 99);
});
