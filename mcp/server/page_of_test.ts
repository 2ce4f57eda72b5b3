import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { pageOf } from "./page_of.ts";

const LIST = Array.from({ length: 5 }, (_, at) => ({ name: `t${at}` }));

Deno.test("pageOf() goes through a list once, also while something is put in front", () => {
  const first = pageOf(LIST, { size: 2 });
  assert.deepEqual(first.items, LIST.slice(0, 2));
  const second = pageOf([{ name: "new" }, ...LIST], { size: 2, cursor: first.nextCursor });
  assert.deepEqual(second.items, LIST.slice(2, 4));
  const third = pageOf(LIST, { size: 2, cursor: second.nextCursor });
  assert.deepEqual([third.items, third.nextCursor], [LIST.slice(4), undefined]);
});

Deno.test("pageOf() takes no cursor of somebody's own", () => {
  for (const cursor of ["", "???", "x".repeat(10_000), "bm9uZQ"]) {
    assert.throws(() => pageOf(LIST, { cursor }), AirlockError);
  }
});
