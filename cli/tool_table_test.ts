import assert from "node:assert/strict";
import { toolTable } from "./tool_table.ts";

Deno.test("toolTable() shows nothing that could move a cursor", () => {
  const table = toolTable([{
    ...{ id: "tool_a", slug: "a-b", name: "b", packageName: "a", version: "1.0.0" },
    ...{ source: "npm", category: null, visibility: "private", runtimes: [], health: "unknown" },
    description: `clears\u001b[2J\nthe ${"very ".repeat(50)}`,
    popularity: 0,
  }]);
  assert.ok(!table.includes("\u001b"));
  assert.equal(table.split("\n").length, 3);
  assert.match(table, /a-b +a@1\.0\.0 +private +clears/);
});
