import assert from "node:assert/strict";
import { addCounts } from "./add_counts.ts";

Deno.test("addCounts() adds numbers at every depth and joins flags", () => {
  const sum = addCounts([
    { busy: 1, starts: { new: 2 }, draining: false },
    { busy: 2, starts: { new: 1, blank: 4 }, draining: true },
    { waiting: 3, draining: false },
  ]);
  assert.deepEqual(sum, { busy: 3, starts: { new: 3, blank: 4 }, draining: true, waiting: 3 });
  assert.deepEqual(addCounts([]), {});
});
