import assert from "node:assert/strict";
import { newId } from "./new_id.ts";

Deno.test("newId() gives the prefix and 22 characters of base 62, never the same", () => {
  const ids = Array.from({ length: 10_000 }, () => newId("col"));
  for (const id of ids) assert.match(id, /^col_[0-9A-Za-z]{22}$/);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("newId() uses all of its alphabet in every place but the first", () => {
  const ids = Array.from({ length: 10_000 }, () => newId("x").slice(2));
  for (let place = 1; place < 22; place++) {
    assert.equal(new Set(ids.map((id) => id[place])).size, 62, `place ${place}`);
  }
});
