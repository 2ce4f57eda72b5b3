import assert from "node:assert/strict";
import { listAnswer, listQuerySchema, oneMore, pageOf } from "./list_schema.ts";

const ROWS = ["a", "b", "c", "d", "e"].map((id) => ({ id }));

Deno.test("listAnswer() leads through all items, each once", () => {
  const seen: string[] = [];
  let query: { limit?: number; cursor?: string } = { limit: 2 };
  for (let pages = 0; pages < 10; pages++) {
    const page = pageOf(query);
    const from = page.after === undefined ? 0 : ROWS.findIndex(({ id }) => id === page.after) + 1;
    const found = ROWS.slice(from, from + oneMore(page).limit);
    const { items, nextCursor } = listAnswer(found, page);
    seen.push(...items.map(({ id }) => id));
    if (nextCursor === null) break;
    query = { limit: 2, cursor: nextCursor };
  }
  assert.deepEqual(seen, ["a", "b", "c", "d", "e"]);
});

Deno.test("listQuerySchema takes whole numbers from 1 to 200", () => {
  for (const limit of ["1", "50", "200"]) {
    assert.equal(listQuerySchema.parse({ limit }).limit, Number(limit));
  }
  for (const limit of ["0", "201", "-1", "1.5", "1e2", " 1", ""]) {
    assert.equal(listQuerySchema.safeParse({ limit }).success, false, limit);
  }
});
